package io.vectordb.schema;

import static io.vectordb.schema.TestValues.violation;
import static io.vectordb.schema.TestValues.violations;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Consistency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void fillsInDefaultsAndLeavesTheReplicasToTheCluster() {
        assertThat(Settings.complete(CollectionSettings.getDefaultInstance()))
                .isEqualTo(CollectionSettings.newBuilder()
                        .setBuckets(64)
                        .setShards(1)
                        .setDefaultConsistency(Consistency.Level.STRONG)
                        .setIndexReplicas(2)
                        .build());
    }

    @Test
    void keepsWhatWasAskedFor() {
        CollectionSettings asked = CollectionSettings.newBuilder()
                .setBuckets(4_096)
                .setShards(4_096)
                .setReplicas(7)
                .setIndexReplicas(7)
                .setDefaultConsistency(Consistency.Level.BOUNDED)
                .setDescription("why")
                .build();
        assertThat(Settings.complete(asked)).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource({"63, 1, 0, buckets", "4097, 1, 0, buckets", "0, 65, 0, shards", "0, -1, 0, shards", "0, 0, 8, replicas"
    })
    void refusesWhatIsOutOfRange(int buckets, int shards, int replicas, String path) {
        CollectionSettings settings = CollectionSettings.newBuilder()
                .setBuckets(buckets)
                .setShards(shards)
                .setReplicas(replicas)
                .build();
        Violation violation = violation(() -> Settings.complete(settings));
        assertThat(violation.path()).isEqualTo("settings." + path);
        assertThat(violation.code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8})
    void refusesFewerThanOneAndMoreThanSevenIndexReplicas(int replicas) {
        CollectionSettings settings =
                CollectionSettings.newBuilder().setIndexReplicas(replicas).build();
        Violation violation = violation(() -> Settings.complete(settings));
        assertThat(violation.path()).isEqualTo("settings.index_replicas");
        assertThat(violation.message()).isEqualTo("expected 1 to 7, received " + replicas);
    }

    @Test
    void tellsAllViolationsAtOnce() {
        CollectionSettings settings = CollectionSettings.newBuilder()
                .setBuckets(-5)
                .setShards(-5)
                .setReplicas(-5)
                .setIndexReplicas(-5)
                .setDefaultConsistencyValue(99)
                .build();
        assertThat(violations(() -> Settings.complete(settings))).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "filings", "facts_2024", "a123456789012345678901234567890123456789012345678901234567890_2"})
    void acceptsPlainNames(String name) {
        assertThat(CollectionNames.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "Filings, write filings",
        "my-docs, write my_docs",
        "2024 Übersicht, write ubersicht",
        "日本, ''",
        "_x, write x"
    })
    void refusesOtherNamesWithAPlainOne(String name, String hint) {
        Violation violation = violation(() -> CollectionNames.check(name));
        assertThat(violation.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(violation.hint()).isEqualTo(hint);
    }

    @Test
    void refusesNamesThatAreEmptyOrTooLong() {
        assertThat(violation(() -> CollectionNames.check("")).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(violation(() -> CollectionNames.check("a".repeat(64))).message())
                .isEqualTo("expected a name of at most 63 characters, received 64");
    }
}
