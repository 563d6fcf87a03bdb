package io.vectordb.gateway;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.RpcCatalogue;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkResults;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Schema;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Stands where the query coordinator is: keeps the requests and gives canned answers. Bulk writes answer every line with
 * CREATED but those whose record has a member {@code bad}.
 */
final class FakeCoordinator implements AutoCloseable {

    private final Map<String, Function<Message, Message>> answers = new ConcurrentHashMap<>();
    final Queue<Message> requests = new ConcurrentLinkedQueue<>();
    final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();
    volatile Queue<BulkRequest> bulkRequests = new ConcurrentLinkedQueue<>();
    private final Server server;

    FakeCoordinator(String name) throws IOException {
        RpcCatalogue catalogue = new RpcCatalogue();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
        for (ServiceDescriptor generated : catalogue.services()) {
            List<Rpc> rpcs = generated.getMethods().stream()
                    .map(method -> catalogue.byFullName(method.getFullMethodName()))
                    .toList();
            ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(generated.getName());
            rpcs.forEach(rpc -> descriptor.addMethod(rpc.method()));
            ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
            rpcs.forEach(rpc -> service.addMethod(
                    rpc.method(),
                    rpc.isUnary()
                            ? ServerCalls.asyncUnaryCall((request, observer) -> answer(rpc, request, observer))
                            : ServerCalls.asyncBidiStreamingCall(this::bulk)));
            builder.addService(service.build());
        }
        server = builder.intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
                        headers.add(metadata);
                        return next.startCall(call, metadata);
                    }
                })
                .build()
                .start();
        reset();
    }

    void reset() {
        answers.clear();
        requests.clear();
        headers.clear();
        // What streams of an earlier test still bring is none of the next one's.
        bulkRequests = new ConcurrentLinkedQueue<>();
        on(
                "GetCollection",
                request -> Collection.newBuilder()
                        .setName("notes")
                        .setSchema(Schema.newBuilder()
                                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                                .addPrimaryKey("id"))
                        .build());
    }

    void on(String rpc, Function<Message, Message> answer) {
        answers.put(rpc, answer);
    }

    /** The last request but those for the collection. */
    Message lastRequest() {
        return requests.stream()
                .filter(request -> !(request instanceof io.vectordb.v1.GetCollectionRequest))
                .reduce((_, second) -> second)
                .orElseThrow();
    }

    private void answer(Rpc rpc, Message request, StreamObserver<Message> observer) {
        requests.add(request);
        try {
            observer.onNext(
                    answers.getOrDefault(rpc.name(), _ -> rpc.response()).apply(request));
            observer.onCompleted();
        } catch (VectorDbException e) {
            observer.onError(GrpcErrors.toStatus(e));
        }
    }

    private StreamObserver<Message> bulk(StreamObserver<Message> observer) {
        return new StreamObserver<>() {
            private final Queue<BulkRequest> received = bulkRequests;
            private BulkStart start = BulkStart.getDefaultInstance();
            private long lines;
            private long failed;
            private boolean isDone;

            @Override
            public void onNext(Message message) {
                BulkRequest request = (BulkRequest) message;
                received.add(request);
                if (request.hasStart()) {
                    start = request.getStart();
                    Function<Message, Message> first = answers.get("BulkWrite");
                    if (first != null) {
                        try {
                            requests.add(first.apply(start));
                        } catch (VectorDbException e) {
                            isDone = true;
                            observer.onError(GrpcErrors.toStatus(e));
                        }
                    }
                } else if (!isDone) {
                    observer.onNext(results(request.getChunk()));
                    if (start.getMaxFailed() > 0 && failed >= start.getMaxFailed()) {
                        summary(true);
                    }
                }
            }

            private BulkResponse results(BulkChunk chunk) {
                BulkResults.Builder results = BulkResults.newBuilder().setFirstLine(chunk.getFirstLine());
                for (int i = 0; i < chunk.getOpsCount(); i++) {
                    WriteOp op = chunk.getOps(i);
                    lines++;
                    WriteResult.Builder result = WriteResult.newBuilder().setIndex(i);
                    result.setKey(RecordKey.newBuilder()
                            .setStringKey(op.getUpsert()
                                    .getValuesOrDefault("id", io.vectordb.v1.Value.getDefaultInstance())
                                    .getStringValue()));
                    if (op.getUpsert().containsValues("bad")) {
                        failed++;
                        result.setOutcome(WriteResult.Outcome.REFUSED)
                                .setError(ItemError.newBuilder()
                                        .setCode("TYPE_MISMATCH")
                                        .setMessage("bad"));
                    } else {
                        result.setOutcome(WriteResult.Outcome.CREATED).setSeq(lines);
                    }
                    results.addResults(result);
                }
                return BulkResponse.newBuilder().setResults(results).build();
            }

            private void summary(boolean stopped) {
                isDone = true;
                BulkSummary.Builder summary = BulkSummary.newBuilder()
                        .setLines(lines)
                        .setSucceeded(lines - failed)
                        .setFailed(failed)
                        .setStopped(stopped)
                        .setToken("bulk-token");
                if (failed > 0) {
                    summary.putFailedByCode("TYPE_MISMATCH", failed);
                }
                observer.onNext(BulkResponse.newBuilder().setSummary(summary).build());
                observer.onCompleted();
            }

            @Override
            public void onError(Throwable thrown) {
                isDone = true;
            }

            @Override
            public void onCompleted() {
                if (!isDone) {
                    summary(false);
                }
            }
        };
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
