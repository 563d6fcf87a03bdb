package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.v1.ChangeReport;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.SchemaChange;
import java.util.ArrayList;
import java.util.List;

/** The settings of a collection that can be changed after it was made. */
final class SettingsChange {

    private SettingsChange() {}

    /** @throws VectorDbException for a change of another kind, and for settings that stay for life, all at once */
    static UpdateCollectionRequest of(List<SchemaChange> changes) {
        UpdateCollectionRequest.Builder update = UpdateCollectionRequest.newBuilder();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            String path = "changes[" + i + "]";
            if (!changes.get(i).hasSetSettings()) {
                violations.add(new Violation(path, ErrorCode.MISSING_MEMBER, "expected set_settings"));
                continue;
            }
            CollectionSettings settings = changes.get(i).getSetSettings();
            refuseFixed(violations, path, "buckets", settings.getBuckets());
            refuseFixed(violations, path, "shards", settings.getShards());
            take(update, settings);
        }
        if (changes.isEmpty()) {
            violations.add(new Violation("changes", ErrorCode.MISSING_MEMBER, "expected at least one, received none"));
        }
        if (!violations.isEmpty()) {
            throw VectorDbException.of(violations);
        }
        return update.build();
    }

    private static void refuseFixed(List<Violation> violations, String path, String name, int value) {
        if (value != 0) {
            violations.add(new Violation(
                    path + ".set_settings." + name,
                    ErrorCode.INVALID_VALUE,
                    name + " stay as they were when the collection was made"));
        }
    }

    private static void take(UpdateCollectionRequest.Builder update, CollectionSettings settings) {
        if (settings.getReplicas() != 0) {
            update.setReplicas(settings.getReplicas());
        }
        if (settings.getIndexReplicas() != 0) {
            update.setIndexReplicas(settings.getIndexReplicas());
        }
        if (!settings.getDescription().isEmpty()) {
            update.setDescription(settings.getDescription());
        }
        if (settings.getDefaultConsistency() != Consistency.Level.LEVEL_UNSPECIFIED) {
            update.setDefaultConsistencyValue(settings.getDefaultConsistencyValue());
        }
    }

    static List<ChangeReport> report(List<SchemaChange> changes, CollectionSettings before, CollectionSettings after) {
        List<String> effects = new ArrayList<>();
        if (before.getReplicas() != after.getReplicas()) {
            effects.add("replicas of each shard go from " + before.getReplicas() + " to " + after.getReplicas()
                    + ", one after another in the background");
        }
        if (before.getIndexReplicas() != after.getIndexReplicas()) {
            effects.add("index nodes of each shard go from " + before.getIndexReplicas() + " to "
                    + after.getIndexReplicas() + " in the background, as far as there are as many");
        }
        if (effects.isEmpty()) {
            effects.add(before.equals(after) ? "changes nothing" : "takes effect at once");
        }
        List<ChangeReport> reports = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            reports.add(ChangeReport.newBuilder()
                    .setIndex(i)
                    .setEffect(String.join("; ", effects))
                    .build());
        }
        return reports;
    }
}
