package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.json.JsonWriter;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.AdminServiceGrpc;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.CountResponse;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.ListKeysRequest;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchServiceGrpc;
import io.vectordb.v1.SqlRequest;
import io.vectordb.v1.SqlServiceGrpc;
import io.vectordb.v1.TextMatch;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;

class GrpcTest extends RunningGateway {

    private static ManagedChannel channel;

    @BeforeAll
    static void connect() {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    @AfterAll
    static void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void requestsAreForwardedUnchanged() {
        coordinator().on("Count", _ -> CountResponse.newBuilder().setCount(7).build());
        CountRequest request = CountRequest.newBuilder()
                .setCollection("notes")
                .setFilter("a = 1")
                .build();
        assertThat(SearchServiceGrpc.newBlockingStub(channel).count(request).getCount())
                .isEqualTo(7);
        assertThat(coordinator().lastRequest()).isEqualTo(request);
    }

    @Test
    void errorsOfTheCoordinatorComeThroughWhole() {
        coordinator().on("Count", _ -> {
            throw VectorDbException.of(new Violation("filter", ErrorCode.FILTER_SYNTAX, "no", "a hint"));
        });
        assertThatThrownBy(() -> SearchServiceGrpc.newBlockingStub(channel)
                        .count(CountRequest.newBuilder().setCollection("notes").build()))
                .isInstanceOf(StatusRuntimeException.class)
                .satisfies(thrown -> {
                    VectorDbException error = GrpcErrors.fromThrowable(thrown);
                    assertThat(error.code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
                    assertThat(error.violations().getFirst().hint()).isEqualTo("a hint");
                });
    }

    static Stream<Arguments> badRequests() {
        SearchRequest.Builder search = SearchRequest.newBuilder().setCollection("notes");
        return Stream.of(
                Arguments.of("search", search.clone().setK(10_001).build(), ErrorCode.LIMIT_EXCEEDED),
                Arguments.of("search", search.clone().setK(-1).build(), ErrorCode.INVALID_VALUE),
                Arguments.of(
                        "search",
                        search.clone().setExplain(SearchRequest.Explain.PLAN).build(),
                        ErrorCode.FEATURE_NOT_AVAILABLE),
                Arguments.of(
                        "search",
                        search.clone()
                                .setQuery(Query.newBuilder()
                                        .setMatch(TextMatch.newBuilder().setText("x")))
                                .build(),
                        ErrorCode.FEATURE_NOT_AVAILABLE),
                Arguments.of(
                        "search",
                        search.clone()
                                .setQuery(Query.newBuilder()
                                        .setNearest(Nearest.newBuilder().setEfSearch(0)))
                                .build(),
                        ErrorCode.INVALID_VALUE),
                Arguments.of(
                        "search",
                        search.clone()
                                .setTimeout(Duration.newBuilder().setSeconds(-1))
                                .build(),
                        ErrorCode.INVALID_VALUE),
                Arguments.of(
                        "search",
                        search.clone()
                                .addParams(Value.newBuilder().setIntValue(1))
                                .putNamedParams(
                                        "a", Value.newBuilder().setIntValue(1).build())
                                .build(),
                        ErrorCode.PARAMETER_MISMATCH),
                Arguments.of(
                        "count",
                        CountRequest.newBuilder()
                                .setCollection("notes")
                                .setFilter("x".repeat(70_000))
                                .build(),
                        ErrorCode.LIMIT_EXCEEDED),
                Arguments.of(
                        "scroll",
                        ScrollRequest.newBuilder()
                                .setCollection("notes")
                                .setLimit(10_001)
                                .build(),
                        ErrorCode.LIMIT_EXCEEDED),
                Arguments.of(
                        "get",
                        GetRequest.newBuilder()
                                .setCollection("notes")
                                .addKeys(RecordKey.newBuilder().setStringKey("k".repeat(513)))
                                .build(),
                        ErrorCode.KEY_TOO_LONG),
                Arguments.of(
                        "upsert",
                        UpsertRequest.newBuilder()
                                .setCollection("notes")
                                .setRequestId("r".repeat(65))
                                .build(),
                        ErrorCode.LIMIT_EXCEEDED));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void grpcAndRestRefuseTheSameWithTheSameCode(String verb, Message request, ErrorCode code) {
        assertThat(grpcCode(verb, request)).isEqualTo(code);
        web().post()
                .uri("/v1/collections/notes/" + verb)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(JsonWriter.NUMBERS.write(request))
                .exchange()
                .expectStatus()
                .isEqualTo(code.httpStatus())
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code.name());
        assertThat(coordinator().requests).isEmpty();
    }

    private static ErrorCode grpcCode(String verb, Message request) {
        try {
            switch (request) {
                case SearchRequest search ->
                    SearchServiceGrpc.newBlockingStub(channel).search(search);
                case CountRequest count ->
                    SearchServiceGrpc.newBlockingStub(channel).count(count);
                case ScrollRequest scroll ->
                    SearchServiceGrpc.newBlockingStub(channel).scroll(scroll);
                case GetRequest get ->
                    RecordServiceGrpc.newBlockingStub(channel).get(get);
                case UpsertRequest upsert ->
                    RecordServiceGrpc.newBlockingStub(channel).upsert(upsert);
                default -> throw new IllegalArgumentException(verb);
            }
        } catch (StatusRuntimeException e) {
            return GrpcErrors.fromThrowable(e).code();
        }
        throw new AssertionError(verb + " was not refused");
    }

    @Test
    void whatOnlyProtobufCanSayIsRefusedToo() throws InvalidProtocolBufferException {
        CountRequest unknown = CountRequest.newBuilder()
                .setCollection("notes")
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                999,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        assertThat(grpcCode("count", unknown)).isEqualTo(ErrorCode.UNKNOWN_MEMBER);
        CountRequest noSuchLevel = CountRequest.newBuilder()
                .setCollection("notes")
                .setConsistency(Consistency.newBuilder().setLevelValue(77))
                .build();
        assertThat(grpcCode("count", noSuchLevel)).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(grpcCode("count", CountRequest.getDefaultInstance())).isEqualTo(ErrorCode.MISSING_MEMBER);
        UpsertRequest infinite = UpsertRequest.newBuilder()
                .setCollection("notes")
                .addRecords(Fields.newBuilder()
                        .putValues(
                                "a",
                                Value.newBuilder().setFloatValue(Double.NaN).build()))
                .build();
        assertThat(grpcCode("upsert", infinite)).isEqualTo(ErrorCode.INVALID_VALUE);
        UpsertRequest bytes = UpsertRequest.newBuilder()
                .setCollection("notes")
                .addRecords(Fields.newBuilder()
                        .putValues(
                                "a",
                                Value.newBuilder()
                                        .setBytesValue(ByteString.EMPTY)
                                        .build()))
                .build();
        assertThat(grpcCode("upsert", bytes)).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void deepMessagesAreRefusedWithACode() {
        Value value = Value.newBuilder().setIntValue(1).build();
        for (int i = 0; i < 60; i++) {
            value = Value.newBuilder()
                    .setObjectValue(Fields.newBuilder().putValues("a", value))
                    .build();
        }
        UpsertRequest deep = UpsertRequest.newBuilder()
                .setCollection("notes")
                .addRecords(Fields.newBuilder().putValues("a", value))
                .build();
        assertThat(grpcCode("upsert", deep)).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void tooLargeRequestsAreRefused() {
        UpsertRequest large = UpsertRequest.newBuilder()
                .setCollection("notes")
                .addRecords(Fields.newBuilder()
                        .putValues(
                                "a",
                                Value.newBuilder()
                                        .setStringValue("x".repeat(33 << 20))
                                        .build()))
                .build();
        assertThat(grpcCode("upsert", large)).isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
    }

    @Test
    void laterMethodsAreUnimplementedWithTheirCode() {
        assertThatThrownBy(
                        () -> AdminServiceGrpc.newBlockingStub(channel).listKeys(ListKeysRequest.getDefaultInstance()))
                .satisfies(thrown -> {
                    assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
                    assertThat(GrpcErrors.fromThrowable(thrown).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
                });
        assertThatThrownBy(() -> SqlServiceGrpc.newBlockingStub(channel)
                        .execute(SqlRequest.getDefaultInstance())
                        .hasNext())
                .satisfies(thrown ->
                        assertThat(GrpcErrors.fromThrowable(thrown).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE));
    }

    @Test
    void bulkWritesStreamBothWays() throws InterruptedException {
        int chunks = 300;
        Collected<BulkResponse> answers = new Collected<>();
        StreamObserver<BulkRequest> requests =
                RecordServiceGrpc.newStub(channel).bulkWrite(answers);
        requests.onNext(BulkRequest.newBuilder()
                .setStart(BulkStart.newBuilder().setCollection("notes"))
                .build());
        for (int i = 0; i < chunks; i++) {
            requests.onNext(BulkRequest.newBuilder()
                    .setChunk(BulkChunk.newBuilder()
                            .setFirstLine(i + 1)
                            .addOps(WriteOp.newBuilder().setUpsert(Fields.getDefaultInstance())))
                    .build());
        }
        requests.onCompleted();
        answers.await();
        assertThat(answers.error.get()).isNull();
        assertThat(answers.messages).hasSize(chunks + 1);
        assertThat(answers.messages.getLast().getSummary().getSucceeded()).isEqualTo(chunks);
    }

    @Test
    void bulkWritesWithoutACollectionAreRefused() throws InterruptedException {
        Collected<BulkResponse> answers = new Collected<>();
        RecordServiceGrpc.newStub(channel)
                .bulkWrite(answers)
                .onNext(BulkRequest.newBuilder()
                        .setStart(BulkStart.getDefaultInstance())
                        .build());
        answers.await();
        assertThat(GrpcErrors.fromThrowable(Objects.requireNonNull(answers.error.get()))
                        .code())
                .isEqualTo(ErrorCode.MISSING_MEMBER);
    }

    @Test
    void cancellingACallCancelsItBehind() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        coordinator().on("Count", _ -> {
            arrived.countDown();
            io.grpc.Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
            try {
                cancelled.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CountResponse.getDefaultInstance();
        });
        var future = SearchServiceGrpc.newFutureStub(channel)
                .count(CountRequest.newBuilder().setCollection("notes").build());
        assertThat(arrived.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        future.cancel(true);
        assertThat(cancelled.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void healthAndReflectionAreServed() throws InterruptedException {
        // It is asked for anew every few seconds, and may have been asked while the gateway started.
        Awaitility.await("serving")
                .atMost(LIMIT)
                .until(() -> HealthGrpc.newBlockingStub(channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus()
                        == HealthCheckResponse.ServingStatus.SERVING);
        Collected<ServerReflectionResponse> answers = new Collected<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(channel).serverReflectionInfo(answers);
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        requests.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("vectordb.v1.SearchService")
                .build());
        requests.onCompleted();
        answers.await();
        assertThat(answers.messages.getFirst().getListServicesResponse().getServiceList())
                .extracting(io.grpc.reflection.v1.ServiceResponse::getName)
                .contains("vectordb.v1.SearchService", "vectordb.v1.RecordService", "vectordb.v1.SqlService");
        assertThat(answers.messages.get(1).hasFileDescriptorResponse()).isTrue();
    }

    @Test
    void missingNameOfACollectionIsRefused() {
        assertThatThrownBy(() -> io.vectordb.v1.CollectionServiceGrpc.newBlockingStub(channel)
                        .createCollection(CreateCollectionRequest.getDefaultInstance()))
                .satisfies(thrown ->
                        assertThat(GrpcErrors.fromThrowable(thrown).code()).isEqualTo(ErrorCode.MISSING_MEMBER));
    }

    /** Everything that a stream answers. */
    private static final class Collected<M> implements StreamObserver<M> {

        private final List<M> messages = new ArrayList<>();
        private final AtomicReference<Throwable> error = new AtomicReference<>();
        private final CountDownLatch done = new CountDownLatch(1);

        @Override
        public void onNext(M message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable thrown) {
            error.set(thrown);
            done.countDown();
        }

        @Override
        public void onCompleted() {
            done.countDown();
        }

        void await() throws InterruptedException {
            assertThat(done.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }
}
