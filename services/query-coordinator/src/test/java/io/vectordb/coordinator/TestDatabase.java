package io.vectordb.coordinator;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.VectorDbException;
import io.vectordb.indexnode.IndexNodeConfiguration;
import io.vectordb.metadata.MetadataConfiguration;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.service.ServiceReadiness;
import io.vectordb.storagenode.StorageNodeConfiguration;
import io.vectordb.v1.AdminServiceGrpc;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.CollectionServiceGrpc;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.Embed;
import io.vectordb.v1.Field;
import io.vectordb.v1.OperationServiceGrpc;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.Schema;
import io.vectordb.v1.SearchServiceGrpc;
import io.vectordb.v1.TextOptions;
import io.vectordb.v1.VectorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** Metadata, storage, index and coordinator in one context, called as the gateway calls them. */
final class TestDatabase implements AutoCloseable {

    /** Of what has to happen: a busy machine takes long for it, and only a failure costs all of it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final AtomicInteger NAMES = new AtomicInteger();

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        MetadataConfiguration.class,
        StorageNodeConfiguration.class,
        IndexNodeConfiguration.class,
        QueryCoordinatorConfiguration.class
    })
    static class Application {}

    /** One for all tests that do not stop it; each makes collections of its own. */
    private static final class Shared {
        private static final TestDatabase DATABASE = make();

        private static TestDatabase make() {
            try {
                Path folder = Files.createTempDirectory("coordinator-test");
                TestDatabase database = new TestDatabase(folder);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    database.close();
                    delete(folder);
                }));
                return database;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path folder) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final ConfigurableApplicationContext context;
    private final ChannelFactory channels = new ChannelFactory();
    private final ManagedChannel channel;

    TestDatabase(Path folder) {
        this(folder, folder.resolve("backups"));
    }

    /** @param backups where its backups lie, which others may share */
    TestDatabase(Path folder, Path backups) {
        String name = "coordinator-test-" + NAMES.incrementAndGet();
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=WARN",
                        "--logging.level.org.apache.ratis=ERROR",
                        "--vectordb.rpc.mode=in-process",
                        "--vectordb.rpc.in-process-name=" + name,
                        "--vectordb.cluster.metadata-address=inproc:" + name + "-metadata",
                        "--vectordb.metadata.raft-port=0",
                        "--vectordb.metadata.data-dir=" + folder.resolve("metadata"),
                        "--vectordb.storage.raft-port=0",
                        "--vectordb.storage.data-dir=" + folder.resolve("storage"),
                        "--vectordb.backup.folders=" + backups,
                        "--vectordb.coordinator.timeout=" + LIMIT);
        channel = channels.channel(ChannelFactory.IN_PROCESS + name + "-coordinator");
        await(() -> context.getBeansOfType(ServiceReadiness.class).values().stream()
                .allMatch(service -> service.notReadyBecause().isEmpty()));
    }

    static TestDatabase shared() {
        return Shared.DATABASE;
    }

    CollectionServiceGrpc.CollectionServiceBlockingStub collections() {
        return CollectionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    RecordServiceGrpc.RecordServiceBlockingStub records() {
        return RecordServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    SearchServiceGrpc.SearchServiceBlockingStub search() {
        return SearchServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    OperationServiceGrpc.OperationServiceBlockingStub operations() {
        return OperationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    CollectionHandle handle(String collection) {
        return context.getBean(Catalog.class).all().stream()
                .filter(each -> each.name().equals(collection))
                .findFirst()
                .orElseThrow();
    }

    /** Makes a collection of a new name with a key {@code id}, {@code n}, {@code grp} and a vector {@code v} of 3. */
    String collection(int shards) {
        return collection(
                shards,
                field("n", "int64"),
                field("grp", "keyword"),
                field("v", "vector(3)").toBuilder()
                        .setVector(VectorOptions.newBuilder().setMetric(VectorOptions.Metric.L2))
                        .build());
    }

    String collection(int shards, Field... fields) {
        String name = "c" + NAMES.incrementAndGet();
        create(name, shards, fields);
        return name;
    }

    void create(String name, int shards, Field... fields) {
        Schema schema = Schema.newBuilder()
                .addPrimaryKey("id")
                .addFields(field("id", "keyword"))
                .addAllFields(List.of(fields))
                .build();
        collections()
                .createCollection(CreateCollectionRequest.newBuilder()
                        .setName(name)
                        .setSchema(schema)
                        .setSettings(CollectionSettings.newBuilder().setShards(shards))
                        .build());
    }

    static Field field(String name, String type) {
        return Field.newBuilder().setName(name).setType(type).build();
    }

    /** A text field whose vector the server computes. */
    static Field embedded(String name, String into) {
        return field(name, "text").toBuilder()
                .setText(TextOptions.newBuilder()
                        .setEmbed(Embed.newBuilder().setInto(into).setModel("all-minilm-l6-v2")))
                .build();
    }

    /** Sends a stream and answers with all that came back before its end; a failure is thrown. */
    List<BulkResponse> bulk(BulkStart start, BulkChunk... chunks) {
        List<BulkRequest> requests = new ArrayList<>();
        requests.add(BulkRequest.newBuilder().setStart(start).build());
        for (BulkChunk chunk : chunks) {
            requests.add(BulkRequest.newBuilder().setChunk(chunk).build());
        }
        return bulk(requests);
    }

    List<BulkResponse> bulk(List<BulkRequest> requests) {
        List<BulkResponse> responses = new ArrayList<>();
        CompletableFuture<List<BulkResponse>> done = new CompletableFuture<>();
        StreamObserver<BulkRequest> stream = RecordServiceGrpc.newStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .bulkWrite(new StreamObserver<>() {
                    @Override
                    public void onNext(BulkResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        done.completeExceptionally(thrown);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(responses);
                    }
                });
        requests.forEach(stream::onNext);
        stream.onCompleted();
        try {
            return done.join();
        } catch (RuntimeException e) {
            throw GrpcErrors.fromThrowable(e);
        }
    }

    static VectorDbException failure(Supplier<?> call) {
        try {
            throw new AssertionError("expected a failure, received " + call.get());
        } catch (VectorDbException e) {
            return e;
        } catch (StatusRuntimeException e) {
            return GrpcErrors.fromThrowable(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in " + LIMIT);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        channels.close();
        context.close();
    }
}
