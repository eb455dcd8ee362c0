"""Gives every passage of a stopped knowledge base an embedding around one of 2,000 topics, as those of texts are: what a search costs depends on how
vectors lie, not on what they mean, and embedding 100,000 passages takes minutes.

usage: knowledge_vectors.py KNOWLEDGE.SQLITE   (a start with the model must have named it there)
"""
import sqlite3
import sys

import numpy as np

DIMENSIONS = 384
random = np.random.default_rng(5)
store = sqlite3.connect(sys.argv[1])
model = store.execute("SELECT number FROM models ORDER BY number DESC LIMIT 1").fetchone()[0]
passages = [number for (number,) in store.execute("SELECT number FROM passages ORDER BY number")]
topics, common = random.standard_normal((2_000, DIMENSIONS), np.float32), random.standard_normal((1, DIMENSIONS), np.float32)
for start in range(0, len(passages), 10_000):
    some = passages[start : start + 10_000]
    rows = topics[random.integers(0, len(topics), len(some))] + 0.7 * random.standard_normal((len(some), DIMENSIONS), np.float32) + 0.8 * common
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2")
    store.executemany("INSERT OR REPLACE INTO embeddings (passage, model, vector) VALUES (?, ?, ?)", ((n, model, row.tobytes()) for n, row in zip(some, rows)))
store.commit()
store.close()
