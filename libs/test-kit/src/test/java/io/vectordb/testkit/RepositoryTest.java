package io.vectordb.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RepositoryTest {

    @Test
    void theRootHoldsThisModule() {
        assertThat(Repository.root().resolve("libs/test-kit/pom.xml")).exists();
    }

    @Test
    void dataThatIsNotThereSkipsTheTestAndSaysWhat() {
        assertThatThrownBy(() -> Repository.sharedData("no such data"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("shared/data/no such data");
    }
}
