package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilingFinderTest {

    @TempDir
    private Path folder;

    @Test
    void filesAreFoundInStableOrderWithoutHiddenOnes() throws IOException {
        for (String name : new String[] {"b/2.htm", "b/1.htm", "a.txt", ".hidden", ".git/config", "b/.x"}) {
            Reading.write(folder, name, new byte[1]);
        }
        List<FilingFinder.Found> found = FilingFinder.find(List.of(folder));
        assertThat(found).allMatch(entry -> entry instanceof FilingFinder.Found.Regular);
        assertThat(found.stream().map(entry -> folder.relativize(entry.path()).toString()))
                .containsExactly("a.txt", "b/1.htm", "b/2.htm");
    }

    @Test
    void givenFilesAreTakenAsTheyAreAndMissingOnesReported() {
        Path hidden = Reading.write(folder, ".one", new byte[1]);
        assertThat(FilingFinder.find(List.of(hidden, folder.resolve("none"))))
                .containsExactly(
                        new FilingFinder.Found.Regular(hidden),
                        new FilingFinder.Found.Skipped(folder.resolve("none"), "no such file"));
    }

    @Test
    void loopsOfLinksAreReported() throws IOException {
        Files.createSymbolicLink(folder.resolve("loop"), folder);
        assertThat(FilingFinder.find(List.of(folder)))
                .containsExactly(new FilingFinder.Found.Skipped(folder.resolve("loop"), "symbolic links form a loop"));
    }
}
