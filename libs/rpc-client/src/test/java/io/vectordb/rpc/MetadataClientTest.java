package io.vectordb.rpc;

import static io.vectordb.rpc.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three members that do as they are told. */
class MetadataClientTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static final class Member extends MetadataServiceGrpc.MetadataServiceImplBase {

        private final List<String> requestIds = new CopyOnWriteArrayList<>();
        private volatile Consumer<StreamObserver<AppendAuditResponse>> behaviour = Member::answer;

        @Override
        public void appendAudit(AppendAuditRequest request, StreamObserver<AppendAuditResponse> observer) {
            requestIds.add(request.getRequestId());
            behaviour.accept(observer);
        }

        private static void answer(StreamObserver<AppendAuditResponse> observer) {
            observer.onNext(AppendAuditResponse.getDefaultInstance());
            observer.onCompleted();
        }

        void fails(ErrorCode code, Map<String, String> metadata) {
            behaviour = observer -> observer.onError(new VectorDbException(code, "as told", metadata));
        }
    }

    private final List<Member> members = List.of(new Member(), new Member(), new Member());
    private final List<InProcess> servers =
            new ArrayList<>(members.stream().map(InProcess::serve).toList());
    private final ChannelFactory channels = new ChannelFactory();
    private final MetadataClient client = new MetadataClient(
            channels, servers.stream().map(server -> server.address).toList());

    @AfterEach
    void close() {
        client.close();
        channels.close();
        servers.forEach(InProcess::close);
    }

    private void call(Duration timeout) {
        client.call(
                        MetadataServiceGrpc.getAppendAuditMethod(),
                        AppendAuditRequest.newBuilder().setAction("a").build(),
                        timeout)
                .block();
    }

    private ErrorCode failure(Duration timeout) {
        try {
            call(timeout);
            throw new AssertionError("expected a failure");
        } catch (RuntimeException e) {
            return GrpcErrors.fromThrowable(e).code();
        }
    }

    private List<String> requestIds() {
        return members.stream().flatMap(member -> member.requestIds.stream()).toList();
    }

    private void follow(int follower, int leader) {
        members.get(follower)
                .fails(
                        ErrorCode.NOT_LEADER,
                        Map.of("leader", "m" + leader, GrpcErrors.LEADER_ADDRESS, servers.get(leader).address));
    }

    @Test
    void aFollowerSaysWhereTheLeaderIsAndTheNextCallGoesThereAtOnce() {
        follow(0, 2);
        follow(1, 2);
        call(LONG);
        call(LONG);
        assertThat(members.get(2).requestIds).hasSize(2);
        assertThat(members.get(0).requestIds.size() + members.get(1).requestIds.size())
                .isEqualTo(1);
    }

    @Test
    void aRepeatedChangeHasOneRequestId() {
        members.get(0).fails(ErrorCode.DEADLINE_EXCEEDED, Map.of());
        members.get(1).fails(ErrorCode.SHARD_UNAVAILABLE, Map.of("group", "metadata"));
        call(LONG);
        assertThat(requestIds()).hasSize(3).doesNotContain("");
        assertThat(requestIds().stream().distinct()).hasSize(1);
        call(LONG);
        assertThat(requestIds().stream().distinct()).hasSize(2);
    }

    @Test
    void aMemberThatIsDownOrHangsIsPassedOver() {
        servers.get(0).close();
        members.get(1).behaviour = _ -> {};
        call(LONG);
        assertThat(members.get(2).requestIds).hasSize(1);
    }

    @Test
    void whatTheStateRefusesIsNotAskedAgain() {
        members.forEach(member -> member.fails(ErrorCode.SHARD_UNAVAILABLE, Map.of("replicas", "3")));
        assertThat(failure(LONG)).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(requestIds()).hasSize(1);
    }

    @Test
    void withoutALeaderACallEndsWithItsTimeAndWithTheBudget() {
        members.forEach(member -> member.fails(ErrorCode.SHARD_UNAVAILABLE, Map.of("group", "metadata")));
        assertThat(failure(Duration.ofMillis(300))).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(requestIds().size()).isGreaterThan(1);
        AtomicLong nanos = new AtomicLong();
        RetryBudget budget = new RetryBudget(nanos::get);
        for (int i = 0; i < RetryBudget.MOST; i++) {
            assertThat(budget.take()).isTrue();
        }
        assertThat(budget.take()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        for (int i = 0; i < RetryBudget.PER_SECOND; i++) {
            assertThat(budget.take()).isTrue();
        }
        assertThat(budget.take()).isFalse();
    }

    @Test
    void aNameStandsForAllItsAddressesAndOneThatIsUnknownStaysAName() {
        SeedAddresses.Resolver names = host -> switch (host) {
            case "metadata" -> List.of(address(10, 0, 0, 1), address(10, 0, 0, 2));
            case "one" -> List.of(address(10, 0, 0, 3));
            default -> throw new UnknownHostException(host);
        };
        try (SeedAddresses seeds =
                new SeedAddresses(List.of("metadata:9301", "one:9301", "none:9301", "inproc:m"), names)) {
            await(() -> seeds.current()
                    .equals(List.of("10.0.0.1:9301", "10.0.0.2:9301", "one:9301", "none:9301", "inproc:m")));
        }
    }

    private static InetAddress address(int... bytes) throws UnknownHostException {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return InetAddress.getByAddress(raw);
    }
}
