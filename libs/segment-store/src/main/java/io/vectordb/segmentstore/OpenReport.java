package io.vectordb.segmentstore;

/**
 * What a store found when it opened.
 *
 * @param files that are served
 * @param sweptFiles left by uploads and deletions, and removed
 * @param lostFiles damaged, in quarantine, asked for again
 * @param rebuiltSums checksums made anew from contents that had their hash
 * @param duplicateFiles on a second disk, removed there
 * @param unknownFiles that are not ours, and were left alone
 */
public record OpenReport(
        int files, long bytes, int sweptFiles, int lostFiles, int rebuiltSums, int duplicateFiles, int unknownFiles) {}
