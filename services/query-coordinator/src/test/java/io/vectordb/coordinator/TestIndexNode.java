package io.vectordb.coordinator;

import io.vectordb.indexnode.IndexNodeConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** One more index node of a {@link TestDatabase}, which has {@code index-1}. */
final class TestIndexNode implements AutoCloseable {

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(IndexNodeConfiguration.class)
    static class IndexApplication {}

    private final ConfigurableApplicationContext context;

    TestIndexNode(TestDatabase database, Path folder, String node, List<String> more) {
        context = new SpringApplicationBuilder(IndexApplication.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(Stream.concat(
                                Stream.of(
                                        "--spring.main.banner-mode=off",
                                        "--logging.level.root=WARN",
                                        "--vectordb.rpc.mode=in-process",
                                        "--vectordb.rpc.in-process-name="
                                                + database.metadataAddress().replace(':', '-') + node,
                                        "--vectordb.cluster.metadata-address=" + database.metadataAddress(),
                                        "--vectordb.index.node-id=" + node,
                                        "--vectordb.index.data-dir=" + folder.resolve(node)),
                                more.stream())
                        .toArray(String[]::new));
    }

    @Override
    public void close() {
        context.close();
    }
}
