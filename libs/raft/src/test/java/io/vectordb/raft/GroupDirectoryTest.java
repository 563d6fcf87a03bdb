package io.vectordb.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every folder that a crash while a copy is taken in may leave. */
class GroupDirectoryTest {

    @TempDir
    Path root;

    private GroupDirectory directory = GroupDirectory.of(
            RaftNodeConfig.ofNode("n1", "localhost", 1, Path.of("unused"), RaftSettings.shards()), GroupId.of("g"));

    @BeforeEach
    void makeGroup() throws IOException {
        directory = GroupDirectory.of(
                RaftNodeConfig.ofNode("n1", "localhost", 1, root, RaftSettings.shards()), GroupId.of("g"));
        directory.write(new GroupDirectory.Marker(
                GroupDirectory.Phase.ACTIVE, List.of(RaftPeerAddress.ofNode("n1", "localhost:1")), Optional.empty()));
        put("state", "old");
    }

    @Test
    void theOldStateStaysWhileTheCopyIsNotComplete() throws IOException {
        put("incoming.tmp", "half");
        directory.finishInstall();
        expect("old", -1);
    }

    @Test
    void aCompleteCopyTakesThePlaceOfTheState() throws IOException {
        put("incoming.tmp", "new");
        directory.completeIncoming(new LogPosition(3, 42));
        directory.finishInstall();
        expect("new", 42);
    }

    @Test
    void aCrashAfterTheOldStateWasMovedAwayIsFinished() throws IOException {
        put("incoming.tmp", "new");
        directory.completeIncoming(new LogPosition(3, 42));
        Files.move(directory.state(), directory.folder().resolve("replaced"));
        directory.finishInstall();
        expect("new", 42);
    }

    @Test
    void aCrashBeforeTheOldStateWasDeletedIsFinished() throws IOException {
        put("replaced", "older");
        directory.finishInstall();
        expect("old", -1);
    }

    private void put(String name, String content) throws IOException {
        Path folder = directory.folder().resolve(name);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("content"), content);
    }

    private void expect(String content, long copiedIndex) throws IOException {
        assertThat(directory.state().resolve("content")).hasContent(content);
        assertThat(directory.copiedIndex()).isEqualTo(copiedIndex);
        try (var left = Files.list(directory.folder())) {
            assertThat(left.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("state", "group.properties");
        }
    }
}
