"""The comparison of `loadtest/vectors`: prints a table and writes its numbers as JSON.

usage: vectors.py BENCHMARK MODEL_DIRECTORY ROWS RESULTS
"""
import importlib.util
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

# What numerical libraries do with more than one thread is not measured here.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", RAYON_NUM_THREADS="1", ANONYMIZED_TELEMETRY="False")
import numpy as np  # noqa: E402

BENCHMARK, MODEL, ROWS, RESULTS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
WIDTH, HEADS, LAYERS, DIMENSIONS, QUERIES, LIMIT, WANTED = 384, 12, 6, 384, 200, 10, 0.99
TEXT = (
    "The near real-time RAN intelligent controller hosts applications that use the E2 interface to collect information of cells and users and to "
    "steer traffic, while the access and mobility management function terminates the N2 interface and keeps the registration of every device. "
    "A network slice is named by its service type and a differentiator, has a profile with the largest number of users and sessions, a latency and "
    "a throughput, and is placed on sites whose processors and memory are counted before anything is changed. Congestion of a cell is said to be "
    "there when its physical resource blocks are used to more than eighty per cent for a quarter of an hour."
)


def ours(*arguments):
    return json.loads(subprocess.run([BENCHMARK, *map(str, arguments)], check=True, capture_output=True).stdout)


def tensors(path):
    blob = open(path, "rb").read()
    length = struct.unpack("<Q", blob[:8])[0]
    header = json.loads(blob[8 : 8 + length])
    return {
        name: np.frombuffer(blob, np.float32, int(np.prod(entry["shape"])), 8 + length + entry["data_offsets"][0]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def onnx_models(directory):
    """The model as an ONNX graph, and the same quantised by ONNX Runtime."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    weights = tensors(MODEL + "/model.safetensors")
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind, inputs, **attributes):
        name = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def linear(x, name):
        product = node("MatMul", [x, constant(name + ".w", weights[name + ".weight"].T)])
        return node("Add", [product, constant(name + ".b", weights[name + ".bias"])])

    def norm(x, name):
        inputs = [x, constant(name + ".g", weights[name + ".LayerNorm.weight"]), constant(name + ".n", weights[name + ".LayerNorm.bias"])]
        return node("LayerNormalization", inputs, axis=-1, epsilon=1e-12)

    split = constant("split", np.array([0, -1, HEADS, WIDTH // HEADS], np.int64))
    joined = constant("joined", np.array([0, -1, WIDTH], np.int64))
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    words = node("Gather", [constant("words", weights["embeddings.word_embeddings.weight"]), "ids"])
    x = norm(node("Add", [words, node("Gather", [constant("positions", positions), "places"])]), "embeddings")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        q, k, v = (node("Reshape", [linear(x, name + "attention.self." + part), split]) for part in ("query", "key", "value"))
        q, v = (node("Transpose", [part], perm=[0, 2, 1, 3]) for part in (q, v))
        k = node("Transpose", [k], perm=[0, 2, 3, 1])
        scores = node("Mul", [node("MatMul", [q, k]), constant(name + "scale", np.float32(1 / math.sqrt(WIDTH // HEADS)))])
        heads = node("Transpose", [node("MatMul", [node("Softmax", [scores], axis=-1), v])], perm=[0, 2, 1, 3])
        out = linear(node("Reshape", [heads, joined]), name + "attention.output.dense")
        x = norm(node("Add", [x, out]), name + "attention.output")
        inner = node("Gelu", [linear(x, name + "intermediate.dense")])
        x = norm(node("Add", [x, linear(inner, name + "output.dense")]), name + "output")
    mean = node("ReduceMean", [x, constant("axis", np.array([1], np.int64))], keepdims=0)
    nodes.append(helper.make_node("LpNormalization", [mean], ["vector"], axis=-1, p=2))
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("ids", "places")],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", WIDTH])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    paths = [directory + "/model.onnx", directory + "/model.int8.onnx"]
    onnx.save(model, paths[0])
    quantize_dynamic(paths[0], paths[1], weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
    return paths


def embedding(directory):
    import onnxruntime
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(MODEL + "/vocab.txt", lowercase=True)
    words = TEXT.split()

    def text(tokens):
        """As many words as make so many tokens, or the fewest more."""
        return next(t for n in range(1, len(words)) if len(tokenizer.encode(t := " ".join(words[:n])).ids) >= tokens)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    float_path, int8_path = onnx_models(directory)
    sessions = {name: onnxruntime.InferenceSession(path, options) for name, path in (("fp32", float_path), ("int8", int8_path))}
    table = []
    for tokens in (22, 128):
        ids = np.array([tokenizer.encode(text(tokens)).ids])
        feed = {"ids": ids, "places": np.arange(ids.shape[1])[None]}
        reference = sessions["fp32"].run(None, feed)[0][0]
        path = f"{directory}/texts-{tokens}"
        with open(path, "w") as file:
            file.write((text(tokens) + "\n") * 10)
        times, vectors = {}, {}
        # Turn and turn about, so that what else the machine does hits all of them.
        for _ in range(3):
            result = ours("embed", MODEL, path)
            times.setdefault("Nephoran", []).append(result["milliseconds"])
            vectors["Nephoran"] = np.array(result["vectors"][0])
            for name, session in sessions.items():
                runs = []
                for _ in range(60):
                    start = time.perf_counter()
                    vectors["ONNX Runtime " + name] = session.run(None, feed)[0][0]
                    runs.append((time.perf_counter() - start) * 1e3)
                times.setdefault("ONNX Runtime " + name, []).append(float(np.median(runs)))
        for name, runs in times.items():
            table.append(
                {"name": name, "tokens": int(ids.shape[1]), "milliseconds": min(runs), "cosine": float(vectors[name] @ reference)}
            )
    path = directory + "/passages"
    with open(path, "w") as file:
        file.write((text(128) + "\n") * 600)
    return table, ours("bulk", MODEL, path)["perSecond"]


def corpus(kind):
    """Rows and queries: around topics, as texts are, or without any order, which is the hardest there is."""
    random = np.random.default_rng(5)

    def unit(x):
        return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)

    def noise(n):
        return random.standard_normal((n, DIMENSIONS), np.float32)

    if kind == "random":
        return unit(noise(ROWS)), unit(noise(QUERIES))
    topics, common = noise(2_000), noise(1)
    rows = unit(topics[random.integers(0, len(topics), ROWS)] + 0.7 * noise(ROWS) + 0.8 * common)
    return rows, unit(rows[random.integers(0, ROWS, QUERIES)] + 0.5 / math.sqrt(DIMENSIONS) * noise(QUERIES) * 1.5)


def nearest(rows, queries):
    return [set(map(int, np.argpartition(-(rows @ query), LIMIT)[:LIMIT])) for query in queries]


def peers(rows, queries):
    """Name and, for each setting in order, what searches with it."""

    chosen = os.environ.get("PEERS", "").split()

    def is_there(name):
        return (not chosen or any(peer.startswith(name) for peer in chosen)) and importlib.util.find_spec(name) is not None

    if is_there("faiss"):
        import faiss

        faiss.omp_set_num_threads(1)
        flat = faiss.IndexFlatIP(DIMENSIONS)
        flat.add(rows)
        yield "faiss flat (exact)", [("", lambda q: flat.search(q[None], LIMIT)[1][0])]
        sq8 = faiss.IndexScalarQuantizer(DIMENSIONS, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        sq8.train(rows)
        sq8.add(rows)
        yield "faiss SQ8", [("", lambda q: sq8.search(q[None], LIMIT)[1][0])]
        graph = faiss.IndexHNSWFlat(DIMENSIONS, 32, faiss.METRIC_INNER_PRODUCT)
        faiss.omp_set_num_threads(os.cpu_count())
        graph.add(rows)
        faiss.omp_set_num_threads(1)

        def faiss_graph(ef):
            def search(q):
                graph.hnsw.efSearch = ef
                return graph.search(q[None], LIMIT)[1][0]

            return search

        yield "faiss HNSW", [(f"efSearch {ef}", faiss_graph(ef)) for ef in (32, 64, 128, 256, 512, 1024, 2048)]
    if is_there("usearch"):
        from usearch.index import Index

        index = Index(ndim=DIMENSIONS, metric="ip", dtype="i8")
        index.add(np.arange(len(rows)), rows)

        def usearch(ef):
            def search(q):
                index.expansion_search = ef
                return index.search(q, LIMIT).keys

            return search

        yield "usearch i8", [(f"expansion {ef}", usearch(ef)) for ef in (64, 256, 1024, 4096)]
    if is_there("hnswlib"):
        import hnswlib

        hnsw = hnswlib.Index("ip", DIMENSIONS)
        hnsw.init_index(len(rows), M=16, ef_construction=200)
        hnsw.add_items(rows, num_threads=os.cpu_count())

        def hnswlib_search(ef):
            def search(q):
                hnsw.set_ef(ef)
                return hnsw.knn_query(q, LIMIT, num_threads=1)[0][0]

            return search

        yield "hnswlib", [(f"ef {ef}", hnswlib_search(ef)) for ef in (16, 32, 64, 128, 256, 512, 1024, 2048)]
    if is_there("chromadb"):
        import chromadb

        client = chromadb.EphemeralClient()
        collection = client.create_collection("bench", metadata={"hnsw:space": "ip", "hnsw:search_ef": 200, "hnsw:M": 16})
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)
        yield "chromadb", [("ef 200", lambda q: map(int, collection.query(query_embeddings=q[None], n_results=LIMIT, include=[])["ids"][0]))]
        # Collections of a process share one store.
        client.delete_collection("bench")
    if is_there("lancedb"):
        import lancedb
        import pyarrow

        directory = tempfile.mkdtemp()
        try:
            vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(rows.ravel()), DIMENSIONS)
            table = lancedb.connect(directory).create_table("bench", pyarrow.table({"id": np.arange(len(rows)), "vector": vectors}))

            def lance(q):
                return table.search(q).distance_type("dot").limit(LIMIT).select(["id"]).to_arrow()["id"].to_pylist()

            yield "LanceDB (exact)", [("", lance)]
            table.create_index(metric="dot", num_partitions=256, index_type="IVF_HNSW_SQ")

            def indexed(probes, refine):
                def search(q):
                    query = table.search(q).distance_type("dot").nprobes(probes).ef(256).refine_factor(refine)
                    return query.limit(LIMIT).select(["id"]).to_arrow()["id"].to_pylist()

                return search

            yield "LanceDB IVF_HNSW_SQ", [(f"nprobes {n}", indexed(n, 4)) for n in (8, 32, 128, 256)]
        finally:
            shutil.rmtree(directory)


def dense(directory, kind):
    rows, queries = corpus(kind)
    truth = nearest(rows, queries)
    for name, array in (("rows", rows), ("queries", queries)):
        array.tofile(f"{directory}/{name}")

    def recall(found):
        return sum(len(set(map(int, f)) & t) for f, t in zip(found, truth)) / (LIMIT * len(truth))

    result = ours("search", DIMENSIONS, directory + "/rows", directory + "/queries")
    table = [{"name": "Nephoran", "setting": "", "recall": recall(result.pop("found")), **result}]
    print(f"  {kind}: Nephoran {table[0]['milliseconds']:.3f} ms, recall {table[0]['recall']:.4f}", file=sys.stderr)
    for name, settings in peers(rows, queries):
        for setting, search in settings:
            found = [list(search(q)) for q in queries]
            times = []
            for q in queries:
                start = time.perf_counter()
                search(q)
                times.append((time.perf_counter() - start) * 1e3)
            entry = {"name": name, "setting": setting, "recall": recall(found), "milliseconds": float(np.median(times))}
            if entry["recall"] >= WANTED:
                break
        table.append(entry)
        print(f"  {kind}: {name} {setting} {entry['milliseconds']:.3f} ms, recall {entry['recall']:.4f}", file=sys.stderr)
    return table


def main():
    with tempfile.TemporaryDirectory() as directory:
        single, bulk = embedding(directory)
        search = {kind: dense(directory, kind) for kind in os.environ.get("KINDS", "topics random").split()}
    with open(RESULTS, "w") as file:
        json.dump({"embedding": single, "passagesPerSecond": bulk, "search": search}, file, indent=1)
    print("| embedding, one thread | tokens | p50 | cosine to fp32 |\n|---|---|---|---|")
    for row in single:
        print(f"| {row['name']} | {row['tokens']} | {row['milliseconds']:.2f} ms | {row['cosine']:.4f} |")
    print(f"\npassages of 128 tokens, {os.cpu_count()} threads: {bulk:.0f}/s\n")
    for kind, table in search.items():
        print(f"| {ROWS:,} vectors, {kind} | setting | recall@{LIMIT} | p50 |\n|---|---|---|---|")
        for row in table:
            print(f"| {row['name']} | {row['setting']} | {row['recall']:.4f} | {row['milliseconds']:.3f} ms |")
        print(f"\nopened in {table[0]['open'] * 1e3:.0f} ms, {table[0]['bytes'] / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
