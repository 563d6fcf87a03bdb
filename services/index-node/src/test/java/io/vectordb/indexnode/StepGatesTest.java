package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.indexnode.BuildSteps.Moment;
import io.vectordb.indexnode.BuildSteps.Step;
import io.vectordb.indexnode.BuildSteps.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepGatesTest {

    @TempDir
    private Path folder;

    @Test
    void withoutTheVariableThereAreNoGates() {
        assertThat(StepGates.of(Map.of())).isSameAs(BuildSteps.NONE);
        assertThat(StepGates.of(Map.of(StepGates.VARIABLE, folder.toString()))).isInstanceOf(StepGates.class);
    }

    @Test
    void whoComesToAGateThatIsShutTellsSoAndWaitsUntilItIsOpened() throws Exception {
        StepGates gates = new StepGates(folder);
        Path gate = Files.createFile(folder.resolve("merge-take-over-before"));
        gates.at(Work.MERGE, Step.TAKE_OVER, Moment.AFTER);
        gates.at(Work.BUILD, Step.TAKE_OVER, Moment.BEFORE);
        CompletableFuture<Void> passing =
                CompletableFuture.runAsync(() -> gates.at(Work.MERGE, Step.TAKE_OVER, Moment.BEFORE));
        Path reached = folder.resolve("merge-take-over-before" + StepGates.REACHED);
        await(() -> Files.exists(reached));
        assertThat(gate).doesNotExist();
        assertThat(passing).isNotDone();
        Files.delete(reached);
        passing.get();
        gates.at(Work.MERGE, Step.TAKE_OVER, Moment.BEFORE);
    }

    @Test
    void theStepsOfBuildsAndMergesComeInTheirOrder() {
        Queue<String> steps = new ConcurrentLinkedQueue<>();
        try (FakeStorage storage = new FakeStorage(folder.resolve("storage"));
                TestIndexNode node = new TestIndexNode(
                        "i1",
                        folder.resolve("i1"),
                        storage,
                        20,
                        Long.MAX_VALUE,
                        (work, step, moment) -> steps.add(BuildSteps.name(work, step, moment)))) {
            node.follower().start();
            for (int i = 0; i < 200; i++) {
                storage.put(i, i);
                if (i % 20 == 19) {
                    long generation = i / 20;
                    await(() -> storage.segments().getGeneration() > generation);
                }
            }
            await(() -> steps.contains("merge-take-over-after"));
        }
        for (String work : List.of("build", "merge")) {
            // The follower may know of a publication before the builder does.
            List<String> ofTheBuilder = steps.stream()
                    .filter(step -> step.startsWith(work) && !step.contains("take-over"))
                    .distinct()
                    .toList();
            Stream<String> expected = Stream.of("claim", "seal", "write", "upload", "publish")
                    .filter(step -> work.equals("build") || !step.equals("seal"))
                    .flatMap(step -> Stream.of(work + "-" + step + "-before", work + "-" + step + "-after"));
            assertThat(ofTheBuilder).containsExactlyElementsOf(expected.toList());
            assertThat(steps)
                    .containsSubsequence(
                            work + "-publish-before", work + "-take-over-before", work + "-take-over-after");
        }
    }
}
