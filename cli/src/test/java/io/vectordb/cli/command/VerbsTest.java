package io.vectordb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.cli.command.CliRunner.Run;
import io.vectordb.cli.rest.StubServer;
import io.vectordb.cli.rest.StubServer.Call;
import io.vectordb.cli.rest.StubServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerbsTest {

    private static final String HITS = """
            {"hits": [
              {"key": "k1", "score": 0.71234, "distance": 0.28766, "seq": 5, "fields": {"id": "k1", "company": "Apple Inc.",
               "form": "10-K", "period": "2024-09-28", "section": "1A", "accession": "0000320193-24-000123",
               "document": "aapl.htm", "ordinal": 7, "text": "Supply  chain\\ndisruption."}},
              {"key": "n2", "score": 0.5, "seq": 6, "fields": {"id": "n2", "year": 2024, "text": "Other."}}],
             "took": "0.012s"}""";

    @TempDir
    Path folder;

    private CliRunner cli;

    @BeforeEach
    void start() {
        cli = new CliRunner(folder, 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sql", "migrate", "operations", "admin split", "local-cluster scale", "collections stats"})
    void laterVerbsSaySo(String verb) {
        String[] words = (verb + " anything --flag").split(" ");
        assertThat(cli.run(words))
                .isEqualTo(new Run(2, "", "error: " + verb + " is not available yet (FEATURE_NOT_AVAILABLE)\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--like k", "--min-recall 0.9", "--mode hybrid", "--explain"})
    void laterFlagsSaySo(String flag) {
        String[] words = ("search text " + flag).split(" ");
        Run run = cli.run(words);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .endsWith("is not available yet (FEATURE_NOT_AVAILABLE)\n")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serch x",
                "search x --timeout fast",
                "collections",
                "collections create x",
                "search",
                "-o xml status"
            })
    void wrongUsageIsOneLineAndWhereToReadMore(String words) {
        Run run = cli.run(words.split(" "));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("error: ").doesNotContain("\tat ");
        assertThat(run.err().lines().count()).isLessThanOrEqualTo(2);
    }

    @Test
    void searchSendsWhatTheFlagsSay() {
        cli.against(
                call -> Reply.of(200, HITS),
                "search",
                "supply chain disruption",
                "--where",
                "form = '10-K' and company = :c",
                "-p",
                "c=Apple Inc.",
                "-p",
                "1=2024",
                "-k",
                "5",
                "--ef",
                "64",
                "--exact",
                "-s",
                "company,text",
                "--consistency",
                "bounded:5s",
                "--timeout",
                "2s");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/collections/filings/search");
        assertThat(cli.calls().getFirst().body()).isEqualTo("""
                {"query":{"nearest":{"text":"supply chain disruption","ef_search":64,"exact":true}},"k":5,\
                "filter":"form = '10-K' and company = :c","params":[2024],"named_params":{"c":"Apple Inc."},\
                "select":["company","text"],"consistency":{"level":"bounded","max_staleness":"5s"},"timeout":"2000ms"}""");
    }

    @Test
    void hitsHaveRankScoreOriginPassageAndSource() {
        assertThat(cli.against(call -> Reply.of(200, HITS), "search", "x")).isEqualTo(new Run(0, """
                 1  0.7123  Apple Inc. · 10-K · 2024-09-28 · section 1A
                    Supply chain disruption.
                    0000320193-24-000123/aapl.htm#7

                 2  0.5000  year 2024
                    Other.
                    n2
                """, ""));
    }

    @Test
    void jsonIsTheBodyAsItIs() {
        assertThat(cli.against(call -> Reply.of(200, HITS), "search", "x", "-o", "json")
                        .out())
                .isEqualTo(HITS + "\n");
        assertThat(cli.against(call -> Reply.of(200, HITS), "search", "x", "-o", "ndjson")
                        .out())
                .hasLineCount(2);
        assertThat(cli.against(call -> Reply.of(200, HITS), "search", "x", "-o", "csv", "-s", "form")
                        .out())
                .startsWith("rank,score,key,id,company,form")
                .contains("\n2,0.5,n2,n2,");
    }

    @Test
    void aProblemIsOneLineThenTheCaretThenTheHint() {
        String problem = """
                {"status": 400, "code": "FILTER_SYNTAX", "detail": "filter, column 7: expected a value, found =",
                 "errors": [{"context": "form == '10-K'\\n      ^", "hint": "equality is a single ="}]}""";
        assertThat(cli.against(call -> Reply.of(400, problem), "search", "x", "-w", "form == '10-K'"))
                .isEqualTo(new Run(6, "", """
                error: filter, column 7: expected a value, found = (FILTER_SYNTAX)
                  form == '10-K'
                        ^
                hint: equality is a single =
                """));
    }

    @ParameterizedTest
    @CsvSource({
        "404,COLLECTION_NOT_FOUND,4",
        "409,COLLECTION_EXISTS,5",
        "403,FORBIDDEN,7",
        "504,DEADLINE_EXCEEDED,8",
        "507,DISK_FULL,9",
        "500,INTERNAL,1",
        "501,FEATURE_NOT_AVAILABLE,2"
    })
    void theExitCodeFollowsTheStatus(int status, String code, int exit) {
        Run run = cli.against(
                call -> Reply.of(status, "{\"code\": \"" + code + "\", \"detail\": \"why\"}"),
                "collections",
                "get",
                "c");
        assertThat(run.exit()).isEqualTo(exit);
        assertThat(run.err()).isEqualTo("error: why (" + code + ")\n");
    }

    @Test
    void deletingACollectionNeedsAYes() {
        Run refused = cli.against(call -> Reply.of(200, "{\"deleted\": true}"), "collections", "delete", "notes");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(cli.calls()).isEmpty();
        Run done = cli.against(call -> Reply.of(200, "{\"deleted\": true}"), "collections", "drop", "notes", "--yes");
        assertThat(done).isEqualTo(new Run(0, "", "deleted: notes\n"));
        assertThat(cli.calls().getFirst().method()).isEqualTo("DELETE");
    }

    @Test
    void aBackupIsWaitedForAndItsResultTold() {
        Function<Call, Reply> answers = call -> call.method().equals("POST")
                ? Reply.of(202, "{\"id\": \"op 1\", \"state\": \"queued\"}")
                : Reply.of(
                        200,
                        "{\"id\": \"op 1\", \"state\": \"succeeded\", \"result\": {\"backup\": \"b1\", \"records\": 3}}");
        Run run = cli.against(answers, "backup", "create", "notes", "--target", "nightly", "-q");
        assertThat(run).isEqualTo(new Run(0, "backed up: backup b1, records 3\n", ""));
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/backups");
        assertThat(cli.calls().getFirst().body()).isEqualTo("{\"target\":\"nightly\",\"collection\":\"notes\"}");
        assertThat(cli.calls().getFirst().idempotencyKey()).isNotEmpty();
        assertThat(cli.calls().getLast().target()).isEqualTo("/v1/operations/op%201?wait=true&timeout=2s");
    }

    @Test
    void aBackupThatFailsSaysWhy() {
        Function<Call, Reply> answers = call -> Reply.of(
                202,
                "{\"id\": \"o\", \"state\": \"failed\", \"error\": {\"code\": \"BACKUP_NOT_FOUND\", \"message\": \"why\"}}");
        Run run = cli.against(answers, "backup", "restore", "b1", "--into", "copy", "--position", "notes-0=42", "-q");
        assertThat(run).isEqualTo(new Run(4, "", "error: why (BACKUP_NOT_FOUND)\n"));
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/backups/b1/restore");
        assertThat(cli.calls().getFirst().body())
                .isEqualTo("{\"into\":\"copy\",\"position\":[{\"shard\":\"notes-0\",\"seq\":42}]}");
        assertThat(cli.run("backup", "restore", "b1", "--position", "x").exit()).isEqualTo(2);
    }

    @Test
    void backupsAreListedWithTheirPositions() {
        Function<Call, Reply> answers = call -> Reply.of(200, """
                {"backups": [{"id": "b1", "collection": "notes", "time": "2026-01-02T03:04:05Z", "records": 3, "bytes": 9,
                  "new_bytes": 4, "position": [{"shard": "notes-0", "seq": 8}, {"shard": "notes-1", "seq": 9}],
                  "earliest_position": [{"shard": "notes-0"}, {"shard": "notes-1", "seq": 5}]}]}""");
        Run run = cli.against(answers, "backup", "list", "--target", "nightly");
        assertThat(cli.calls().getFirst().target()).isEqualTo("/v1/backups?collection=&target=nightly&cursor=");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("b1", "notes-0", "notes-1");
    }

    @Test
    void aSchemaAloneGetsItsNameFromTheCommand() throws IOException {
        Path file = Files.writeString(folder.resolve("s.json"), "{\"kind\": \"document\", \"fields\": []}");
        cli.against(
                call -> Reply.of(201, "{\"name\": \"notes\"}"),
                "collections",
                "create",
                "notes",
                "-f",
                file.toString(),
                "--dry-run");
        assertThat(cli.calls().getFirst().body())
                .isEqualTo("{\"schema\":{\"kind\":\"document\",\"fields\":[]},\"name\":\"notes\",\"dry_run\":true}");
    }

    @Test
    void recordsAreReadByKeysOfTheirType() {
        Function<Call, Reply> answers = call -> call.method().equals("GET")
                ? Reply.of(
                        200,
                        "{\"schema\": {\"primary_key\": [\"n\"], \"fields\": [{\"name\": \"n\", \"type\": \"int64\"}]}}")
                : Reply.of(
                        200,
                        "{\"results\": [{\"key\": 1, \"record\": {\"key\": 1, \"fields\": {\"n\": 1}}}, {\"key\": 2}]}");
        Run run = cli.against(answers, "records", "get", "c", "1", "2", "-o", "ndjson");
        assertThat(cli.calls().getLast().body()).isEqualTo("{\"keys\":[1,2]}");
        assertThat(run).isEqualTo(new Run(4, "{\"key\":1,\"fields\":{\"n\":1}}\n", "error: not found: 2\n"));
    }

    @Test
    void changesOfOneRecordGoToItsRoute() throws IOException {
        Path file = Files.writeString(folder.resolve("r.json"), "{\"text\": \"x\"}");
        Function<Call, Reply> answers =
                call -> Reply.of(200, "{\"key\": \"a b\", \"outcome\": \"replaced\", \"seq\": 7}");
        Run put = cli.against(answers, "records", "put", "c", "a b", "-f", file.toString(), "--if-seq", "6");
        assertThat(put).isEqualTo(new Run(0, "", "a b replaced, seq 7\n"));
        assertThat(cli.calls().getFirst().method() + " "
                        + cli.calls().getFirst().target())
                .isEqualTo("PUT /v1/collections/c/records/a%20b?if_seq=6");
        assertThat(cli.calls().getFirst().idempotencyKey()).isNotEmpty();
        cli.against(
                answers, "records", "patch", "c", "k", "--set", "year=2024", "--set", "note=hello", "--unset", "old");
        assertThat(cli.calls().getFirst().body())
                .isEqualTo("{\"set\":{\"year\":2024,\"note\":\"hello\"},\"unset\":[\"old\"]}");
    }

    @Test
    void anExportGoesToTheEnd() {
        Function<Call, Reply> answers = call -> call.body().contains("cursor")
                ? Reply.of(200, "{\"records\": [{\"key\": 2, \"fields\": {\"n\": 2}}]}")
                : Reply.of(200, "{\"records\": [{\"key\": 1, \"fields\": {\"n\": 1}}], \"next_cursor\": \"abc\"}");
        assertThat(cli.against(answers, "records", "export", "c", "-q"))
                .isEqualTo(new Run(0, "{\"n\":1}\n{\"n\":2}\n", ""));
    }

    @Test
    void refusedLinesOfAnIngestAreKeptWithTheirError() throws IOException {
        Path file = Files.writeString(folder.resolve("in.ndjson"), "{\"id\": 1}\n\n{\"id\": 2}\n");
        Path rejects = folder.resolve("rejects");
        Function<Call, Reply> answers = call -> call.method().equals("GET") ? Reply.of(200, "{}") : Reply.of(200, """
                {"line": 2, "outcome": "refused", "error": {"code": "TYPE_MISMATCH", "message": "id: 2"}}
                {"summary": {"lines": 2, "succeeded": 1, "failed": 1}}""");
        Run run = cli.against(
                answers, "ingest", file.toString(), "--collection", "c", "--direct", "--rejects", rejects.toString());
        assertThat(run.exit()).isEqualTo(6);
        assertThat(run.err()).contains("1 written, 1 refused").contains("TYPE_MISMATCH  1");
        assertThat(rejects)
                .hasContent(
                        "{\"file\":\"" + file
                                + "\",\"line\":3,\"error\":{\"code\":\"TYPE_MISMATCH\",\"message\":\"id: 2\"},\"content\":{\"id\":2}}");
    }

    @Test
    void aLoadTellsFilesPassagesAndReasons() throws IOException {
        Files.writeString(folder.resolve("empty.htm"), "");
        Function<Call, Reply> answers = call -> Reply.of(200, "{}");
        Run run = cli.against(
                answers,
                "load",
                folder.resolve("empty.htm").toString(),
                folder.resolve("absent").toString());
        assertThat(run.exit()).isEqualTo(6);
        assertThat(run.out())
                .contains("files      0 read with 0 filings, 2 skipped", "1  no such file", "passages   0: 0 new")
                .contains("rejected   0", "passages/s");
        assertThat(run.err()).doesNotContain("\tat ");
    }

    /** At once, not after the minutes that a load waits for a server that restarts. */
    @Test
    @Timeout(20)
    void aLoadWithoutAServerFailsAtOnce() {
        int port;
        try (StubServer server = new StubServer(call -> Reply.of(200, "{}"))) {
            port = server.port();
        }
        Run run = cli.run("load", folder.toString(), "--url", "http://127.0.0.1:" + port);
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).startsWith("error: no server answers").hasLineCount(1);
    }

    @Test
    void nothingRunningIsExitThree() {
        Run run = cli.run("status");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("./vectordb up");
        assertThat(cli.run("down").exit()).isZero();
        assertThat(cli.run("logs").exit()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completionsNameEveryVerb(String shell) {
        Run run = cli.run("completion", shell);
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("local-cluster", "collections", "search");
    }
}
