package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.create;
import static io.vectordb.metadata.Requests.storage;
import static io.vectordb.metadata.TestMetadata.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.testkit.FileTrees;
import io.vectordb.v1.AuditEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real members on loopback. */
class MetadataGroupTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static CreateCollectionResponse make(TestGroup group, String name) {
        return group.client
                .call(MetadataServiceGrpc.getCreateCollectionMethod(), create(name), LONG)
                .blockOptional()
                .orElseThrow();
    }

    private static void append(TestGroup group, String action) {
        group.client
                .call(
                        MetadataServiceGrpc.getAppendAuditMethod(),
                        AppendAuditRequest.newBuilder().setAction(action).build(),
                        LONG)
                .block();
    }

    private static void register(TestGroup group) {
        group.client
                .call(
                        MetadataServiceGrpc.getRegisterNodeMethod(),
                        RegisterNodeRequest.newBuilder().setNode(storage("s1")).build(),
                        LONG)
                .block();
    }

    private static List<String> names(ClusterState state) {
        return state.getCollectionsList().stream()
                .map(CollectionState::getCollection)
                .map(io.vectordb.v1.Collection::getName)
                .toList();
    }

    @Test
    void changesAndWatchesGoOnWhenTheLeaderDiesAndEachChangeIsDoneOnce() throws InterruptedException {
        try (TestGroup group = new TestGroup(folder, 3).start();
                ClusterWatch watch = new ClusterWatch(group.client)) {
            register(group);
            List<Long> versions = new CopyOnWriteArrayList<>();
            watch.addListener(state -> versions.add(state.getVersion()));
            watch.start();
            List<String> done = new CopyOnWriteArrayList<>();
            AtomicBoolean ended = new AtomicBoolean();
            Thread changing = Thread.ofPlatform().start(() -> {
                for (int i = 0; !ended.get(); i++) {
                    make(group, "c" + i);
                    append(group, "a" + i);
                    done.add("c" + i);
                }
            });
            await(() -> done.size() > 20);
            group.stop(group.leader());
            int before = done.size();
            await(() -> done.size() > before + 20);
            ended.set(true);
            changing.join();
            await(() -> names(watch.state()).containsAll(done));
            assertThat(names(watch.state())).containsExactlyInAnyOrderElementsOf(done);
            assertThat(versions).isSorted().doesNotHaveDuplicates();
            List<AuditEntry> lines = group.member(group.leader()).log().audit(0, 10_000);
            assertThat(lines.stream().map(AuditEntry::getAction))
                    .containsExactlyElementsOf(
                            done.stream().map(name -> "a" + name.substring(1)).toList());
            assertThat(group.fatal).isEmpty();
        }
    }

    @Test
    void aMemberThatDoesNotLeadRefusesChangesAndSaysWhoDoes() {
        try (TestGroup group = new TestGroup(folder, 3).start()) {
            register(group);
            String leader = group.leader();
            String follower = group.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            MetadataLog log = group.member(follower).log();
            await(log::follows);
            assertThat(log.notReadyBecause()).isEmpty();
            MetadataServiceGrpc.MetadataServiceBlockingStub stub =
                    MetadataServiceGrpc.newBlockingStub(group.channels.channel(
                            log.members().find(follower).orElseThrow().rpcAddress()));
            List<VectorDbException> refusals = List.of(
                    TestMetadata.failure(() -> stub.createCollection(create("orders"))),
                    TestMetadata.failure(() -> stub.registerNode(RegisterNodeRequest.newBuilder()
                            .setNode(storage("s1"))
                            .build())));
            assertThat(refusals).allSatisfy(refusal -> {
                assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_LEADER);
                assertThat(refusal.metadata())
                        .containsEntry("leader", leader)
                        .containsEntry(
                                GrpcErrors.LEADER_ADDRESS,
                                log.members().find(leader).orElseThrow().rpcAddress());
            });
        }
    }

    @Test
    void whatWasAnsweredIsThereAfterARestartOfAll() {
        String cluster;
        CreateCollectionRequest request =
                create("orders").toBuilder().setRequestId("r1").build();
        CollectionState made;
        TestGroup group = new TestGroup(folder, 3).start();
        try (group) {
            register(group);
            made = group.client
                    .call(MetadataServiceGrpc.getCreateCollectionMethod(), request, LONG)
                    .blockOptional()
                    .orElseThrow()
                    .getCollection();
            cluster = group.member(group.leader()).log().state().clusterId();
            group.ids().forEach(group::stop);
            group.start();
            assertThat(group.client
                            .call(MetadataServiceGrpc.getCreateCollectionMethod(), request, LONG)
                            .blockOptional()
                            .orElseThrow()
                            .getCollection())
                    .isEqualTo(made);
            for (String id : group.ids()) {
                MetadataLog log = group.member(id).log();
                await(() -> log.state().collections().containsKey("orders"));
                assertThat(log.state().clusterId()).isEqualTo(cluster).isNotEmpty();
            }
        }
    }

    @Test
    void aMemberWhoseFolderWasWipedIsTakenOutListensAndVotesAgain() throws IOException {
        try (TestGroup group = new TestGroup(folder, 3).start()) {
            register(group);
            make(group, "before");
            String leader = group.leader();
            String wiped = group.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            group.stop(wiped);
            for (Path path : FileTrees.list(group.folder(wiped)).reversed()) {
                Files.delete(path);
            }
            make(group, "meanwhile");
            MetadataLog log = group.start(wiped).log();
            await(() -> log.notReadyBecause().isEmpty());
            assertThat(log.state().clusterId())
                    .isEqualTo(group.member(leader).log().state().clusterId());
            // It counts: with it and one of the others the group goes on.
            group.stop(leader);
            make(group, "after");
            await(() -> log.state().collections().size() == 3);
            assertThat(group.fatal).isEmpty();
        }
    }

    @Test
    void aGroupIsNotFoundedBeforeAllOfItsMembersWereSeen() {
        try (TestGroup group = new TestGroup(folder, 3)) {
            group.start("m1");
            group.start("m2");
            await(() -> group.member("m1").log().notReadyBecause().orElse("").contains("m3 at"));
            assertThat(group.member("m2").log().describe().getHasReplica()).isFalse();
            group.start("m3");
            group.ids()
                    .forEach(id ->
                            await(() -> group.member(id).log().notReadyBecause().isEmpty()));
        }
    }
}
