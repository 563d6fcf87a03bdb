package io.vectordb.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardHistoryRandomizedTest {

    private static final int HISTORIES = 1_000;
    private static final int STEPS = 120;

    @Test
    void everyViewEqualsAMapAsOfItsPositionWhateverIsSealedPublishedMergedAndRestarted(@TempDir Path folder) {
        Random random = Seeds.random(ShardHistoryRandomizedTest.class);
        Map<String, Integer> done = new HashMap<>();
        for (int i = 0; i < HISTORIES; i++) {
            ShardHistory history = new ShardHistory(new Random(random.nextLong()), folder.resolve("history-" + i));
            history.run(STEPS);
            history.done.forEach((what, count) -> done.merge(what, count, Integer::sum));
        }
        assertThat(done)
                .containsKeys("published", "merged", "taken over", "begun anew", "trimmed", "field added")
                .containsKeys("restarted from files", "restarted by reading all", "views of several segments");
        assertThat(done.values()).allMatch(count -> count > HISTORIES / 200);
    }
}
