package io.vectordb.storage;

/**
 * Which records a store, or a range of its buckets, held as of one seq: their buckets, keys and contents, but not their
 * seqs. Two stores that were given the same records by different entries have the same hash.
 *
 * @param records how many
 * @param sha256 over length and bytes of each row's prefix and value, in the order of bucket and key
 */
public record RecordsHash(long records, String sha256) {}
