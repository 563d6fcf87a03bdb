package io.vectordb.service;

import io.vectordb.backup.BackupTargets;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where backups may lie. Imported by every service that makes, reads or lists them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BackupProperties.class)
public class BackupConfiguration {

    @Bean
    BackupTargets backupTargets(BackupProperties properties) {
        return new BackupTargets(properties.folders(), InstantSource.system());
    }
}
