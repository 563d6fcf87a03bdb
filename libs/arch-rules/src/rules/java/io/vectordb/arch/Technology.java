package io.vectordb.arch;

import java.util.Set;

/**
 * A library that only its owners may touch, so that it can be replaced or upgraded in one place.
 *
 * @param name as people call it
 * @param packages of the library, in ArchUnit's notation
 * @param owners module folders relative to the root of the repository; {@code services} stands for all below it
 */
record Technology(String name, Set<String> packages, Set<String> owners) {

    static final Set<Technology> OWNED = Set.of(
            new Technology("Ratis", Set.of("org.apache.ratis.."), Set.of("libs/raft")),
            // Benchmarks measure it as a peer.
            new Technology("RocksDB", Set.of("org.rocksdb.."), Set.of("libs/storage-engine", "benchmarks")),
            new Technology("Lucene", Set.of("org.apache.lucene.."), Set.of("libs/segment", "benchmarks")),
            new Technology(
                    "ONNX", Set.of("ai.onnxruntime..", "ai.djl..", "dev.langchain4j.."), Set.of("libs/embedding")),
            new Technology("jsoup", Set.of("org.jsoup.."), Set.of("libs/edgar")),
            new Technology("picocli", Set.of("picocli.."), Set.of("cli")),
            new Technology("WebFlux", Set.of("org.springframework.web.."), Set.of("services/gateway")),
            new Technology("Spring", Set.of("org.springframework.."), Set.of("libs/service-kit", "services")));

    Technology {
        packages = Set.copyOf(packages);
        owners = Set.copyOf(owners);
    }

    boolean isOwnedBy(Module module) {
        return owners.contains(module.folder()) || owners.contains(module.kind());
    }
}
