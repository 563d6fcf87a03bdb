package io.vectordb.backup;

import java.util.List;

/**
 * What a verification found.
 *
 * @param files how many were read, each once
 * @param damaged those that are not what they were; they were set aside where they are there at all
 */
public record BackupReport(long files, long bytes, List<Damage> damaged) {

    public BackupReport {
        damaged = List.copyOf(damaged);
    }

    /**
     * A blob that is not what the manifest says.
     *
     * @param file its name in the store of the shard
     * @param problem missing, or what is wrong with it
     */
    public record Damage(BlobId blob, String shard, String file, String problem) {}
}
