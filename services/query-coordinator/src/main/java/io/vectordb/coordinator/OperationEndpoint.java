package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.v1.CancelOperationRequest;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.ListOperationsRequest;
import io.vectordb.v1.ListOperationsResponse;
import io.vectordb.v1.Operation;
import io.vectordb.v1.PauseOperationRequest;
import io.vectordb.v1.ReactorOperationServiceGrpc;
import io.vectordb.v1.ResumeOperationRequest;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Operations of both kinds: those of this coordinator, and those that the metadata drives. */
final class OperationEndpoint extends ReactorOperationServiceGrpc.OperationServiceImplBase {

    private final Operations operations;
    private final ClusterTasks tasks;
    private final CoordinatorProperties properties;

    OperationEndpoint(Operations operations, ClusterTasks tasks, CoordinatorProperties properties) {
        this.operations = operations;
        this.tasks = tasks;
        this.properties = properties;
    }

    private static boolean isTask(String id) {
        return id.startsWith(ClusterTasks.PREFIX);
    }

    private TimeBudget time(boolean named, Duration timeout) {
        return TimeBudget.start(named, timeout, properties);
    }

    @Override
    public Mono<Operation> getOperation(GetOperationRequest request) {
        TimeBudget time = time(request.hasTimeout(), request.getTimeout());
        return isTask(request.getOperation())
                ? tasks.get(request.getOperation(), request.getWait(), time)
                : operations.get(request, time);
    }

    @Override
    public Mono<ListOperationsResponse> listOperations(ListOperationsRequest request) {
        return Mono.fromSupplier(() -> operations.list(request, tasks.list()));
    }

    @Override
    public Mono<Operation> cancelOperation(CancelOperationRequest request) {
        return isTask(request.getOperation())
                ? tasks.control(
                        request.getOperation(), Task.Wish.CANCEL, time(request.hasTimeout(), request.getTimeout()))
                : Mono.fromSupplier(() -> operations.cancel(request));
    }

    @Override
    public Mono<Operation> pauseOperation(PauseOperationRequest request) {
        return control(request.getOperation(), Task.Wish.PAUSE, time(request.hasTimeout(), request.getTimeout()));
    }

    @Override
    public Mono<Operation> resumeOperation(ResumeOperationRequest request) {
        return control(request.getOperation(), Task.Wish.RUN, time(request.hasTimeout(), request.getTimeout()));
    }

    private Mono<Operation> control(String id, Task.Wish wish, TimeBudget time) {
        if (isTask(id)) {
            return tasks.control(id, wish, time);
        }
        operations.require(id);
        throw new VectorDbException(
                ErrorCode.OPERATION_CONFLICT,
                "operation " + id + " cannot be paused; it can be cancelled",
                Map.of("operation", id));
    }
}
