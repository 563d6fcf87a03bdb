package io.vectordb.coordinator;

import io.vectordb.backup.BackupReport;
import io.vectordb.backup.BackupTarget;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Backups;
import io.vectordb.backup.CollectReport;
import io.vectordb.backup.Pace;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.service.BackupProperties;
import io.vectordb.v1.Backup;
import io.vectordb.v1.CreateBackupRequest;
import io.vectordb.v1.DeleteBackupRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListBackupsRequest;
import io.vectordb.v1.ListBackupsResponse;
import io.vectordb.v1.Operation;
import io.vectordb.v1.RestoreBackupRequest;
import io.vectordb.v1.VerifyBackupRequest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Backups as clients ask for them: each change is an operation, whose work reads and writes the target. */
final class BackupAdmin {

    private static final int NAMED = 10;

    private final Catalog catalog;
    private final Operations operations;
    private final BackupCreation creation;
    private final BackupRestore restore;
    private final BackupTargets targets;
    private final InstantSource clock;
    private final BackupProperties properties;
    private final AuditLog audit;

    BackupAdmin(
            Catalog catalog,
            Operations operations,
            BackupCreation creation,
            BackupRestore restore,
            BackupTargets targets,
            InstantSource clock,
            BackupProperties properties,
            AuditLog audit) {
        this.catalog = catalog;
        this.operations = operations;
        this.creation = creation;
        this.restore = restore;
        this.targets = targets;
        this.clock = clock;
        this.properties = properties;
        this.audit = audit;
    }

    Mono<Operation> create(CreateBackupRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of("create_backup", "collections/" + request.getCollection(), "");
        return catalog.collection(request.getCollection(), time)
                .map(collection -> operations.start(
                        new Operations.Start(
                                "create_backup",
                                "collections/" + request.getCollection(),
                                request,
                                request.getRequestId()),
                        audit.around(change, handle -> creation.run(request, collection, handle))));
    }

    Operation restore(RestoreBackupRequest request) {
        return operations.start(
                new Operations.Start(
                        "restore_backup", "backups/" + request.getBackup(), request, request.getRequestId()),
                audit.around(
                        AuditLog.Change.of(
                                "restore_backup",
                                "backups/" + request.getBackup(),
                                request.getInto().isEmpty() ? "" : "into " + request.getInto()),
                        handle -> restore.run(request, handle)));
    }

    Operation verify(VerifyBackupRequest request) {
        return operations.start(
                new Operations.Start(
                        "verify_backup", "backups/" + request.getBackup(), request, request.getRequestId()),
                handle -> verify(request, handle));
    }

    private Fields verify(VerifyBackupRequest request, Operations.Handle handle) throws IOException {
        BackupTarget target = find(request.getTarget(), request.getBackup());
        Backups backups = new Backups(target, clock, properties.grace());
        BackupManifest manifest = backups.get(request.getBackup());
        Tally tally = new Tally(handle, "reading", "bytes", bytes(manifest));
        AtomicLong read = new AtomicLong();
        Pace pace = bytes -> {
            tally.reached("", read.addAndGet(bytes));
            if (Thread.currentThread().isInterrupted()) {
                throw new VectorDbException(ErrorCode.CANCELLED, "the verification was cancelled");
            }
        };
        BackupReport report = backups.verify(
                manifest, Pace.limit(properties.bytesPerSecond().toBytes()).and(pace));
        if (!report.damaged().isEmpty()) {
            throw damaged(manifest, report);
        }
        return Fields.newBuilder()
                .putValues("backup", BackupMessages.text(manifest.getId()))
                .putValues("files", BackupMessages.number(report.files()))
                .putValues("bytes", BackupMessages.number(report.bytes()))
                .build();
    }

    private static long bytes(BackupManifest manifest) {
        return manifest.getShardsList().stream()
                .flatMap(shard -> shard.getFilesList().stream())
                .mapToLong(BackupFile::getBytes)
                .sum();
    }

    private static VectorDbException damaged(BackupManifest manifest, BackupReport report) {
        String blobs = report.damaged().stream()
                .limit(NAMED)
                .map(damage ->
                        damage.blob() + " (" + damage.file() + " of shard " + damage.shard() + "): " + damage.problem())
                .collect(Collectors.joining("; "));
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                report.damaged().size() + " of " + report.files() + " blobs of backup " + manifest.getId()
                        + " are damaged: " + blobs,
                Map.of("backup", manifest.getId()));
    }

    Operation delete(DeleteBackupRequest request) {
        return operations.start(
                new Operations.Start(
                        "delete_backup", "backups/" + request.getBackup(), request, request.getRequestId()),
                audit.around(
                        AuditLog.Change.of("delete_backup", "backups/" + request.getBackup(), ""),
                        handle -> delete(request.getTarget(), request.getBackup())));
    }

    private Fields delete(String name, String id) throws IOException {
        Backups backups = new Backups(find(name, id), clock, properties.grace());
        backups.forget(id);
        CollectReport report = backups.collect();
        return Fields.newBuilder()
                .putValues("backup", BackupMessages.text(id))
                .putValues("removed_files", BackupMessages.number(report.removed()))
                .putValues("removed_bytes", BackupMessages.number(report.removedBytes()))
                .putValues("kept_files", BackupMessages.number(report.kept()))
                .build();
    }

    private BackupTarget find(String name, String id) throws IOException {
        return targets.find(name).orElseThrow(() -> Backups.notFound(id, name.isEmpty() ? "the default target" : name));
    }

    /** By id, which is by collection and time; the cursor is the last id given. */
    Mono<ListBackupsResponse> list(ListBackupsRequest request) {
        int limit = request.getLimit() == 0 ? Limits.PAGE_DEFAULT : request.getLimit();
        if (limit < 0 || limit > Limits.PAGE) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "limit: expected 1 to " + Limits.PAGE + ", received " + limit);
        }
        return Mono.fromCallable(() -> page(request, limit)).subscribeOn(Schedulers.boundedElastic());
    }

    private ListBackupsResponse page(ListBackupsRequest request, int limit) throws IOException {
        Optional<BackupTarget> target = targets.find(request.getTarget());
        if (target.isEmpty()) {
            return ListBackupsResponse.getDefaultInstance();
        }
        List<Backup> rest = new Backups(target.get(), clock, properties.grace())
                .list().stream()
                        .map(manifest ->
                                BackupMessages.backup(manifest, target.get().name()))
                        .filter(backup -> request.getCollection().isEmpty()
                                || request.getCollection().equals(backup.getCollection()))
                        .filter(backup -> backup.getId().compareTo(request.getCursor()) > 0)
                        .toList();
        ListBackupsResponse.Builder response = ListBackupsResponse.newBuilder();
        rest.stream().limit(limit).forEach(response::addBackups);
        if (rest.size() > limit) {
            response.setNextCursor(rest.get(limit - 1).getId());
        }
        return response.build();
    }
}
