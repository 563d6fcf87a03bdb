package io.vectordb.service;

import java.util.List;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when every {@link ServiceReadiness} of this process is ready; the details say of each why it is not. */
final class ServiceHealthIndicator implements HealthIndicator {

    private final List<ServiceReadiness> services;

    ServiceHealthIndicator(List<ServiceReadiness> services) {
        this.services = List.copyOf(services);
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (ServiceReadiness service : services) {
            Optional<String> reason = service.notReadyBecause();
            if (reason.isPresent()) {
                health.outOfService();
            }
            health.withDetail(service.name(), reason.orElse("ready"));
        }
        return health.build();
    }
}
