package io.vectordb.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SeedsTest {

    private final String given = System.getProperty("test.seed", "");

    @AfterEach
    void restore() {
        if (given.isEmpty()) {
            System.clearProperty("test.seed");
        } else {
            System.setProperty("test.seed", given);
        }
    }

    @Test
    void theGivenSeedIsReplayed() {
        System.setProperty("test.seed", "-5");
        assertThat(Seeds.next(SeedsTest.class)).isEqualTo(-5);
        assertThat(Seeds.random(SeedsTest.class).nextLong())
                .isEqualTo(Seeds.random(SeedsTest.class).nextLong());
        assertThat(Seeds.splittable(SeedsTest.class).nextLong())
                .isEqualTo(Seeds.splittable(SeedsTest.class).nextLong());
    }

    @Test
    void withoutAGivenSeedEachDrawIsAnother() {
        System.clearProperty("test.seed");
        assertThat(Seeds.next(SeedsTest.class)).isNotEqualTo(Seeds.next(SeedsTest.class));
    }
}
