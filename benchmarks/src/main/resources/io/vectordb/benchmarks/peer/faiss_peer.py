"""The process of FAISS: float|sq8 BASE QUERIES METRIC M EF_CONSTRUCTION, then the line protocol of the benchmark on
its standard streams (see Message.java and EngineServer.java; filter and grow are not supported).

Each search calls the C++ method through SWIG with pointers made beforehand, so that Python adds about a microsecond.
"""

import math
import sys
import time

import faiss
import numpy

kind, base_path, query_path, metric, m, ef_construction = sys.argv[1:7]


def read(path):
    ints = numpy.memmap(path, dtype="<i4", mode="r")
    dimension = int(ints[0])
    return ints.reshape(-1, dimension + 1)[:, 1:].view("<f4"), dimension


def rows(path):
    vectors, _ = read(path)
    return numpy.ascontiguousarray(vectors)


queries = rows(query_path)
query_pointers = [faiss.swig_ptr(queries[i]) for i in range(len(queries))]
index = None


def build(threads):
    global index
    index = None
    vectors, dimension = read(base_path)
    faiss.omp_set_num_threads(threads)
    start = time.perf_counter()
    space = faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT
    vectors = numpy.ascontiguousarray(vectors)
    if kind == "sq8":
        built = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, int(m), space)
    else:
        built = faiss.IndexHNSWFlat(dimension, int(m), space)
    built.hnsw.efConstruction = int(ef_construction)
    built.train(vectors)
    built.add(vectors)
    took = time.perf_counter() - start
    faiss.omp_set_num_threads(1)
    index = built
    return f"built\tseconds={took}\tsearch_bytes={size(built)}\trescore_bytes=0"


def size(built):
    hnsw = built.hnsw
    codes = built.storage.ntotal * built.storage.sa_code_size() if kind == "sq8" else 4 * built.d * built.ntotal
    return codes + 4 * hnsw.neighbors.size() + 8 * hnsw.offsets.size() + 4 * hnsw.levels.size()


def search(ef, k, repeat, out):
    if index is None:
        raise RuntimeError("nothing has been built")
    index.hnsw.efSearch = ef
    count = len(query_pointers)
    distances = numpy.empty((count, k), dtype=numpy.float32)
    ids = numpy.empty((count, k), dtype=numpy.int64)
    targets = [(faiss.swig_ptr(distances[i]), faiss.swig_ptr(ids[i])) for i in range(count)]
    times = []
    call = index.search_c
    clock = time.perf_counter
    cpu = time.thread_time()
    for _ in range(repeat):
        for query, (distance, found) in zip(query_pointers, targets):
            start = clock()
            call(1, query, k, distance, found)
            times.append(clock() - start)
    cpu = time.thread_time() - cpu
    total = sum(times)
    write(out, ids)
    times.sort()
    return (
        f"searched\tseconds={total}\tcpu_seconds={cpu}"
        f"\tp50_micros={quantile(times, 0.50)}\tp99_micros={quantile(times, 0.99)}"
    )


def quantile(times, part):
    return times[max(1, math.ceil(part * len(times))) - 1] * 1e6


def write(path, ids):
    with open(path, "wb") as file:
        for row in ids:
            row = row[row >= 0].astype("<i4")
            file.write(numpy.int32(len(row)).astype("<i4").tobytes() + row.tobytes())


def answer(line):
    verb, *parts = line.rstrip("\n").split("\t")
    values = dict(part.split("=", 1) for part in parts)
    if verb == "info":
        return f"info\tversion={faiss.__version__} ({faiss.get_compile_options().strip()})"
    if verb == "build":
        return build(int(values["threads"]))
    if verb == "search":
        return search(int(values["ef"]), int(values["k"]), int(values["repeat"]), values["out"])
    return f"unsupported\tmessage={verb} is not measured of FAISS"


for request in sys.stdin:
    if request.strip() == "quit":
        break
    try:
        reply = answer(request)
    except Exception as failure:  # whatever it is, the benchmark shall read it
        reply = "error\tmessage=" + " ".join(str(failure).split())
    print(reply, flush=True)
