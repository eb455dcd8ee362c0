"""Gives every passage of a stopped knowledge base an embedding around that of one of the questions, as passages that answer them have: what a search
costs depends on how vectors lie, not on what they mean, and embedding 100,000 passages takes minutes.

usage: knowledge_vectors.py KNOWLEDGE.SQLITE VECTORS   (a start with the model must have named it there; VECTORS as `VectorBenchmark embed` prints them)
"""
import json
import sqlite3
import sys

import numpy as np

DIMENSIONS = 384
random = np.random.default_rng(5)
store = sqlite3.connect(sys.argv[1])
model = store.execute("SELECT number FROM models ORDER BY number DESC LIMIT 1").fetchone()[0]
passages = [number for (number,) in store.execute("SELECT number FROM passages ORDER BY number")]
questions = np.array(json.load(open(sys.argv[2]))["vectors"], np.float32)
for start in range(0, len(passages), 10_000):
    some = passages[start : start + 10_000]
    # As far from the question as from the noise: a cosine around 0.6 to 0.8.
    noise = random.standard_normal((len(some), DIMENSIONS), np.float32) / np.sqrt(DIMENSIONS)
    rows = questions[random.integers(0, len(questions), len(some))] + random.uniform(0.7, 1.3, (len(some), 1)).astype(np.float32) * noise
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2")
    store.executemany("INSERT OR REPLACE INTO embeddings (passage, model, vector) VALUES (?, ?, ?)", ((n, model, row.tobytes()) for n, row in zip(some, rows)))
store.commit()
store.close()
