package io.vectordb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.cli.command.CliRunner.Run;
import io.vectordb.cli.rest.StubServer.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs of operators send, print and end with. */
class AdminVerbsTest {

    private static final String SHARD = """
            {"id": "notes-0", "collection": "notes", "bucket_from": 0, "bucket_to": 64, "leader": "s1", "records": 7,
             "bytes": 900, "replicas": [{"node": "s1", "disk": "d1", "role": "leader", "applied_index": 12, "lag": 0},
              {"node": "s2", "role": "unreachable", "applied_index": -1, "lag": -1, "reason": "no answer within 3000 ms"}]}""";

    private static final String PLAN = """
            {"shard": "notes-0", "node": "s1", "warnings": ["writes are lost"], "replicas": [
              {"node": "s1", "role": "candidate", "applied_index": 12, "last_log_term": 3, "last_log_index": 14},
              {"node": "s2", "role": "unreachable", "applied_index": -1, "last_log_index": -1, "reason": "gone"}]}""";

    private static final String INDEXED = """
            {"shards": [{"id": "notes-0", "views": [
              {"node": "i1", "state": "serving", "watermark": 44, "lag": 1, "segments": 3, "records": 90, "rows": 120,
               "memory_bytes": 2500000, "mapped_bytes": 1000000, "since_confirmed": "0.412345678s", "segment_list": [
                 {"from_seq": 0, "to_seq": 1099511627806, "place": "files", "rows": 80, "live_rows": 60,
                  "mapped_bytes": 1000000},
                 {"from_seq": 1099511627806, "to_seq": 1099511627816, "place": "memory", "rows": 40,
                  "live_rows": 30, "memory_bytes": 2500000},
                 {"from_seq": 40, "to_seq": 44, "place": "growing", "rows": 0, "live_rows": 0}],
               "build": {"phase": "writing", "since_phase": "63s", "from_seq": 1099511627806, "to_seq": 1099511627816}},
              {"node": "i2", "state": "building", "watermark": -1, "lag": -1, "since_confirmed": "7s",
               "reason": "5 of about 90 records taken in"},
              {"node": "i3", "state": "unreachable", "watermark": -1, "lag": -1, "reason": "no answer"}]}]}""";

    @TempDir
    Path folder;

    private CliRunner cli;

    @BeforeEach
    void start() {
        cli = new CliRunner(folder, 120);
    }

    private Run against(String body, String... arguments) {
        return cli.against(call -> Reply.of(200, body), arguments);
    }

    @Test
    void theStatusTellsItsReasonsAndEndsWith3WhenAShardIsUnavailable() {
        Run degraded = against(
                "{\"cluster_id\": \"c1\", \"health\": \"degraded\", \"reasons\": [\"node s2: away\"], \"nodes\": 4,"
                        + " \"shards\": 2, \"under_replicated\": 1}",
                "admin",
                "status");
        assertThat(degraded)
                .isEqualTo(new Run(
                        0, "cluster c1: degraded; 4 nodes, 2 shards, 1 under-replicated\n  node s2: away\n", ""));
        assertThat(against("{\"health\": \"unavailable\"}", "admin", "status").exit())
                .isEqualTo(3);
    }

    @Test
    void shardsAreListedWithTheReplicasThatDoNotAnswer() {
        Run run = against("{\"shards\": [" + SHARD + "]}", "admin", "shards", "--collection", "notes");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/shards?collection=notes&node=&cursor=");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("notes-0", "0-63", "leader", "unreachable", "no answer within 3000 ms");
        assertThat(run.out()).doesNotContain("-1 ");
        assertThat(against("{\"shards\": [" + SHARD + "]}", "admin", "groups").out())
                .isEqualTo(run.out());
    }

    @Test
    void viewsAreListedWithWhatTheyAreMadeOfAndWhatIsBeingBuilt() {
        Run run = against(INDEXED, "admin", "index", "--collection", "notes");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/shards?collection=notes&node=&shard=&cursor=");
        assertThat(run.exit()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1).split(" {2,}"))
                .containsExactly(
                        "notes-0",
                        "i1",
                        "serving",
                        "90",
                        "1",
                        "2",
                        "25.0",
                        "44",
                        "1",
                        "0.4 s ago",
                        "2.5",
                        "1.0",
                        "writing (30, 40] for 1 min 3 s");
        assertThat(lines.get(2).split(" {2,}"))
                .containsExactly("notes-0", "i2", "building", "7.0 s ago", "5 of about 90 records taken in");
        assertThat(lines.get(3).split(" {2,}")).containsExactly("notes-0", "i3", "unreachable", "no answer");
    }

    @Test
    void segmentsAreListedOfAShardThatIsNamedAndWhenAllIsAskedFor() {
        Run named = against(INDEXED, "admin", "index", "notes-0", "--node", "i1");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/shards?collection=&node=i1&shard=notes-0&cursor=");
        List<String> lines = named.out().lines().toList();
        assertThat(named.out()).doesNotContain("i2");
        assertThat(lines.get(4).split(" {2,}"))
                .containsExactly("notes-0", "i1", "0", "30", "files", "80", "60", "25.0", "0.0", "1.0");
        assertThat(lines.get(6).split(" {2,}"))
                .containsExactly("notes-0", "i1", "40", "44", "growing", "0", "0", "0.0", "0.0");
        assertThat(against(INDEXED, "admin", "index", "--node", "i1", "-v").out())
                .isEqualTo(named.out());
        assertThat(against(INDEXED, "admin", "index", "notes-0", "-o", "json").out())
                .isEqualTo(INDEXED + "\n");
    }

    @Test
    void disksAreListedByNodeAndSilentNodesAsWell() {
        Run run = against("""
                {"nodes": [{"id": "s1", "service": "storage", "state": "up", "disks": [{"id": "d1", "path": "/data/a",
                   "health": "missing", "total_bytes": 2000000000, "failure": {"message": "an empty folder"}}]},
                  {"id": "s2", "service": "storage", "state": "unreachable", "reason": "no answer"}]}""", "admin", "disks");
        assertThat(run.out()).contains("/data/a", "missing", "2.0", "an empty folder", "unreachable", "no answer");
        assertThat(against("{\"nodes\": []}", "admin", "nodes").exit()).isZero();
    }

    @Test
    void aTransferTellsWhoLeadsAndARefusalWhy() {
        Run run = against(SHARD, "admin", "transfer-leader", "notes-0", "s1");
        assertThat(run).isEqualTo(new Run(0, "notes-0 is led by s1\n", ""));
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/shards/notes-0/transfer-leader");
        assertThat(cli.calls().getFirst().body()).isEqualTo("{\"timeout\":\"20000ms\",\"to_node\":\"s1\"}");
        assertThat(cli.calls().getFirst().idempotencyKey()).isNotEmpty();
        Run refused = cli.against(
                call -> Reply.of(409, "{\"code\": \"OPERATION_CONFLICT\", \"detail\": \"it only listens\"}"),
                "admin",
                "transfer-leader",
                "notes-0",
                "s3",
                "--dry-run");
        assertThat(refused).isEqualTo(new Run(5, "", "error: it only listens (OPERATION_CONFLICT)\n"));
        assertThat(cli.calls().getFirst().body()).contains("\"dry_run\":true");
    }

    @Test
    void aMoveWaitsForItsEndAndOperationsAreListedAndControlled() {
        Run moved = against(
                "{\"id\": \"task-7\", \"kind\": \"move_replica\", \"target\": \"shards/notes-0\","
                        + " \"state\": \"succeeded\"}",
                "admin",
                "move-replica",
                "notes-0",
                "--from",
                "s1",
                "--to",
                "s4");
        assertThat(moved).isEqualTo(new Run(0, "move_replica of shards/notes-0: done\n", ""));
        assertThat(cli.calls().getFirst().target()).startsWith("/v1/shards/notes-0/move-replica");
        assertThat(cli.calls().getFirst().body()).contains("\"from_node\":\"s1\"", "\"to_node\":\"s4\"");
        Run listed = against(
                "{\"operations\": [{\"id\": \"task-7\", \"kind\": \"move_replica\", \"state\": \"running\","
                        + " \"progress\": {\"phase\": \"copying\", \"bytes_done\": 5, \"bytes_total\": 10}}]}",
                "admin",
                "operations");
        assertThat(listed.out()).contains("task-7", "copying", "5 of 10");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/operations?active_only=true");
        Run paused = against("{\"id\": \"task-7\", \"state\": \"paused\"}", "admin", "operation", "task-7", "pause");
        assertThat(paused).isEqualTo(new Run(0, "task-7 is paused\n", ""));
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/operations/task-7/pause");
    }

    @Test
    void aSnapshotThatOneReplicaCouldNotTakeEndsWith6() {
        Run run = against(
                "{\"replicas\": [{\"node\": \"s1\", \"applied_index\": 9}, {\"node\": \"s2\", \"applied_index\": -1,"
                        + " \"error\": {\"message\": \"away\"}}]}",
                "admin",
                "snapshot",
                "notes-0");
        assertThat(run.exit()).isEqualTo(6);
        assertThat(run.out()).contains("s1", "9", "s2", "away");
    }

    @Test
    void aComparisonNamesTheReplicasThatDiffer() {
        Run alike = against(
                "{\"id\": \"o\", \"state\": \"succeeded\", \"result\": {\"log_index\": 9, \"alike\": true, \"differing\": [],"
                        + " \"unanswered\": [], \"replicas\": {\"s1\": \"alike\"}}}",
                "admin",
                "verify",
                "notes-0",
                "-q");
        assertThat(alike.exit()).isZero();
        assertThat(alike.out()).contains("as of 9", "s1", "alike");
        Run differing = against(
                "{\"id\": \"o\", \"state\": \"succeeded\", \"result\": {\"log_index\": 9, \"alike\": false,"
                        + " \"differing\": [\"s2\"], \"unanswered\": [], \"replicas\": {\"s2\": \"differs\"}}}",
                "admin",
                "verify",
                "notes-0",
                "-q");
        assertThat(differing.exit()).isEqualTo(1);
        assertThat(differing.err()).contains("s2");
    }

    @Test
    void recoveryByForceTellsWhatMayBeLostAndWantsTheClusterIdTyped() {
        Run unasked = against(PLAN, "admin", "unsafe-recover", "notes-0");
        assertThat(unasked.exit()).isEqualTo(2);
        assertThat(unasked.err()).contains("writes are lost", "gone", "--confirm CLUSTER_ID");
        assertThat(cli.calls())
                .singleElement()
                .satisfies(call -> assertThat(call.body()).contains("\"dry_run\":true"));
        Run dry = against(PLAN, "admin", "unsafe-recover", "notes-0", "--dry-run");
        assertThat(dry.exit()).isZero();
        assertThat(dry.out()).contains("writes are lost", "would go on with the replica on s1");
        assertThat(cli.calls()).hasSize(1);
        Run done = cli.against(
                call -> Reply.of(
                        200,
                        call.body().contains("dry_run")
                                ? PLAN
                                : "{\"shard\": \"notes-0\", \"node\": \"s1\", \"done\": true, \"now\": {\"records\": 7}}"),
                "admin",
                "unsafe-recover",
                "notes-0",
                "--confirm",
                "c1");
        assertThat(done.out()).isEqualTo("notes-0 goes on with s1: 7 records\n");
        assertThat(done.err()).contains("writes are lost");
        assertThat(cli.calls().getLast().body())
                .isEqualTo("{\"timeout\":\"60000ms\",\"confirm_cluster_id\":\"c1\",\"node\":\"s1\"}");
    }

    @Test
    void theAuditLogIsReadToItsEnd() {
        Run run = cli.against(
                call -> Reply.of(
                        200,
                        call.target().endsWith("cursor=")
                                ? "{\"entries\": [{\"index\": 1, \"action\": \"transfer_leader\"}], \"next_cursor\": \"x\"}"
                                : "{\"entries\": [{\"index\": 2, \"action\": \"unsafe_recover\"}]}"),
                "admin",
                "audit",
                "--actor",
                "ann");
        assertThat(run.out()).contains("transfer_leader", "unsafe_recover");
        assertThat(cli.calls()).hasSize(2);
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/audit-entries?limit=1000&actor=ann&cursor=");
    }
}
