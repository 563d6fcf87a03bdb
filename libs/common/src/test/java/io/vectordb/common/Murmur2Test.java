package io.vectordb.common;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur2Test {

    /** The values that Kafka's own test of its partitioner holds. */
    @ParameterizedTest
    @CsvSource({"21, -973932308", "foobar, -790332482", "a-little-bit-long-string, -985981536", "abc, 479470107"})
    void hashesAsKafkaDoes(String key, int expected) {
        assertThat(Murmur2.hash(key.getBytes(UTF_8))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"21, 64", "foobar, 7", "abc, 1"})
    void bucketLiesInRange(String key, int buckets) {
        assertThat(Murmur2.bucket(key.getBytes(UTF_8), buckets)).isBetween(0, buckets - 1);
    }
}
