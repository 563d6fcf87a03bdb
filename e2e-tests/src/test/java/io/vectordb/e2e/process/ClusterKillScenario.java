package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.v1.UpsertRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Every process of a cluster with three replicas is killed once while it is written to; then two storage nodes at once. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterKillScenario extends LedgerScenario {

    private static final Duration RESUMES_WITHIN = Duration.ofSeconds(60);

    ClusterKillScenario() {
        super("cluster-kill");
    }

    @Test
    @Order(1)
    void writesGoOnWithoutAnyOneProcessAndNothingAcknowledgedIsLost() {
        workload.run();
        workload.awaitWrites(100, PATIENCE);
        ServerProcess leader = cluster.leader();
        killUnnoticed(leader);
        ServerProcess index = cluster.node(ClusterProcesses.INDEX);
        killUnnoticed(index);
        ServerProcess metadata = cluster.node(ClusterProcesses.METADATA);
        killUnnoticed(metadata);
        leader.awaitReady();
        // Not the one that has just come back: the majority needs it now.
        killUnnoticed(cluster.followers().stream()
                .filter(each -> each != leader)
                .findFirst()
                .orElseThrow());
        metadata.awaitReady();
        killNoticed(cluster.node(ClusterProcesses.COORDINATOR));
        killNoticed(cluster.node(ClusterProcesses.GATEWAY));
        index.awaitReady();
        workload.settleAndVerify();
    }

    @Test
    @Order(2)
    void withoutAMajorityNothingIsAcknowledgedAndWritesGoOnWhenItIsBack() {
        List<ServerProcess> followers = cluster.followers();
        workload.run();
        workload.awaitWrites(50, PATIENCE);
        followers.forEach(ServerProcess::kill);
        assertThatWritesFail();
        followers.forEach(ServerProcess::start);
        followers.forEach(ServerProcess::awaitReady);
        workload.awaitResumed(RESUMES_WITHIN);
        finishUndecided("10s");
        workload.settleAndVerify();
    }

    /** Of a process that others stand in for, or that writes do not need: they go on while it is away. */
    private void killUnnoticed(ServerProcess process) {
        process.kill();
        report(process, workload.awaitResumed(RESUMES_WITHIN));
        process.start();
    }

    /** Of a process that there is only one of: writes go on when it is back. */
    private void killNoticed(ServerProcess process) {
        process.kill();
        process.start().awaitReady();
        report(process, workload.awaitResumed(RESUMES_WITHIN));
    }

    private static void report(ServerProcess process, Duration resumed) {
        System.out.println(process.node() + " killed: writes resumed after " + resumed.toMillis() + " ms");
    }

    private void assertThatWritesFail() {
        long before = workload.ledger().writes();
        Rest.Answer answer = upsertUndecided("1s");
        assertThat(answer.status()).as("%s", answer).isIn(503, 504);
        StatusRuntimeException thrown = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> client.records()
                        .upsert(UpsertRequest.newBuilder()
                                .setCollection(COLLECTION)
                                .addRecords(Workload.record(UNDECIDED, 2))
                                .setTimeout(com.google.protobuf.Duration.newBuilder()
                                        .setSeconds(2))
                                .build()));
        assertThat(thrown.getStatus().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
        // Those that were on their way when the nodes died may have been told; none later.
        assertThat(workload.ledger().writes()).isLessThanOrEqualTo(before + WRITERS);
    }
}
