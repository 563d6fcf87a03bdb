package io.vectordb.service;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of backups, the same on storage nodes and coordinators.
 *
 * @param folders at or below which backups may lie, the same on all nodes (a shared mount); relative targets are below
 *     the first. None: there are no backups
 * @param bytesPerSecond how much one storage node reads and writes for backups, all of them together; 0: any amount
 * @param atOnce shards that one storage node backs up or restores at once
 * @param grace how long a file that no backup needs stays
 * @param timeout of the work on one shard
 */
@ConfigurationProperties("vectordb.backup")
public record BackupProperties(
        @DefaultValue({}) List<Path> folders,
        @DefaultValue("200MB") DataSize bytesPerSecond,
        @DefaultValue("2") int atOnce,
        @DefaultValue("24h") Duration grace,
        @DefaultValue("24h") Duration timeout) {

    public BackupProperties {
        folders = List.copyOf(folders);
    }
}
