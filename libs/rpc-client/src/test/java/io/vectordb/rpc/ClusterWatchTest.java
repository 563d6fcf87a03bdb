package io.vectordb.rpc;

import static io.vectordb.rpc.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterWatchTest {

    private final String name = InProcess.newName();
    private final FakeMetadata metadata = new FakeMetadata();
    private final ChannelFactory channels = new ChannelFactory();
    private final MetadataClient client = new MetadataClient(channels, List.of(ChannelFactory.IN_PROCESS + name));
    private final ClusterWatch watch = new ClusterWatch(client);
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private InProcess server = InProcess.serve(name, metadata);

    @BeforeEach
    void listen() {
        watch.addListener(state -> {
            throw new IllegalStateException("a listener that fails harms no other");
        });
        watch.addListener(state -> seen.add(state.getVersion()));
    }

    @AfterEach
    void close() {
        watch.close();
        channels.close();
        server.close();
    }

    private void tell(long version) {
        metadata.tell(ClusterState.newBuilder().setVersion(version).build());
    }

    @Test
    void itIsSyncedOnlyOnceAStateWasSeen() {
        watch.start();
        await(() -> metadata.watchers() == 1);
        assertThat(watch.isSynced()).isFalse();
        assertThat(watch.state()).isEqualTo(ClusterState.getDefaultInstance());
        tell(1);
        await(watch::isSynced);
        assertThat(watch.state().getVersion()).isEqualTo(1);
    }

    @Test
    void listenersSeeVersionsRiseAndNeverFall() {
        watch.start();
        await(() -> metadata.watchers() == 1);
        for (long version : new long[] {1, 3, 2, 3, 5}) {
            tell(version);
        }
        await(() -> watch.state().getVersion() == 5);
        await(() -> seen.size() == 3);
        assertThat(seen).containsExactly(1L, 3L, 5L);
    }

    @Test
    void aBrokenStreamIsTakenUpAgainAndTheStateStaysMeanwhile() {
        tell(1);
        watch.start();
        await(watch::isSynced);
        metadata.breakStreams();
        assertThat(watch.state().getVersion()).isEqualTo(1);
        tell(2);
        await(() -> watch.state().getVersion() == 2);
        server.close();
        server = InProcess.serve(name, metadata);
        tell(3);
        await(() -> seen.size() == 3);
        assertThat(seen).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aMemberThatSaysNothingIsLeftForAnother() {
        FakeMetadata other = new FakeMetadata();
        String second = InProcess.newName();
        try (InProcess _ = InProcess.serve(second, other);
                ClusterWatch moving = new ClusterWatch(
                        new MetadataClient(
                                channels,
                                List.of(ChannelFactory.IN_PROCESS + name, ChannelFactory.IN_PROCESS + second)),
                        Duration.ofMillis(200))) {
            tell(3);
            moving.start();
            await(moving::isSynced);
            other.tell(ClusterState.newBuilder().setVersion(2).build());
            await(() -> other.watches() > 0);
            assertThat(moving.state().getVersion()).isEqualTo(3);
            other.tell(ClusterState.newBuilder().setVersion(4).build());
            await(() -> moving.state().getVersion() == 4);
        }
    }

    @Test
    void aRefreshedStateIsThatOfTheMetadataAndListenersSeeItToo() {
        tell(1);
        watch.start();
        await(watch::isSynced);
        tell(2);
        assertThat(watch.refresh(Duration.ofSeconds(30))
                        .map(ClusterState::getVersion)
                        .block())
                .isEqualTo(2);
        await(() -> seen.contains(2L));
    }

    @Test
    void aLateListenerSeesThePresentState() {
        tell(7);
        watch.start();
        await(watch::isSynced);
        List<Long> late = new CopyOnWriteArrayList<>();
        watch.addListener(state -> late.add(state.getVersion()));
        await(() -> !late.isEmpty());
        assertThat(late).containsExactly(7L);
    }

    @Test
    void aNodeRegistersOnceTheMetadataIsThereAndGoesOnGivingSignsOfLife() {
        server.close();
        Node node = Node.newBuilder().setId("n1").build();
        try (NodeRegistration registration = new NodeRegistration(client, () -> node, Duration.ofMillis(20))) {
            registration.start();
            assertThat(registration.isRegistered()).isFalse();
            server = InProcess.serve(name, metadata);
            await(registration::isRegistered);
            await(() -> metadata.registered().size() >= 3);
            assertThat(metadata.registered()).containsOnly(node);
        }
    }
}
