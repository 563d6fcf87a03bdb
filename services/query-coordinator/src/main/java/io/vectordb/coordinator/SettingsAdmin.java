package io.vectordb.coordinator;

import io.vectordb.common.ClusterSettings;
import io.vectordb.internal.metadata.v1.ClusterControl;
import io.vectordb.internal.metadata.v1.UpdateSettingsResponse;
import io.vectordb.v1.Settings;
import io.vectordb.v1.UpdateSettingsRequest;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/** The settings of the cluster that can be changed while it runs. */
final class SettingsAdmin {

    private final Catalog catalog;
    private final AuditLog audit;

    SettingsAdmin(Catalog catalog, AuditLog audit) {
        this.catalog = catalog;
        this.audit = audit;
    }

    Mono<Settings> get(TimeBudget time) {
        return catalog.refresh(time).map(state -> settings(state.getControl()));
    }

    /** A dry run is not written down: it changes nothing. */
    Mono<Settings> update(UpdateSettingsRequest request, TimeBudget time) {
        io.vectordb.internal.metadata.v1.UpdateSettingsRequest.Builder change =
                io.vectordb.internal.metadata.v1.UpdateSettingsRequest.newBuilder()
                        .putAllSet(request.getSetMap())
                        .addAllUnset(request.getUnsetList())
                        .setDryRun(request.getDryRun())
                        .setRequestId(request.getRequestId());
        if (request.hasIfVersion()) {
            change.setIfVersion(request.getIfVersion());
        }
        Mono<Settings> changed = catalog.updateSettings(change.build(), time)
                .map(UpdateSettingsResponse::getControl)
                .map(SettingsAdmin::settings);
        if (request.getDryRun()) {
            return changed;
        }
        String detail = "set " + new TreeMap<>(request.getSetMap()) + ", unset " + request.getUnsetList();
        return audit.around(AuditLog.Change.of("update_settings", "settings", detail), time, () -> changed);
    }

    private static Settings settings(ClusterControl control) {
        return Settings.newBuilder()
                .putAllValues(ClusterSettings.of(control.getSettingsMap()).values())
                .setVersion(control.getSettingsVersion())
                .build();
    }
}
