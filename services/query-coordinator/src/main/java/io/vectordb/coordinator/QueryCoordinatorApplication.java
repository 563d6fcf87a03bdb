package io.vectordb.coordinator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** A query coordinator as a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(QueryCoordinatorConfiguration.class)
public class QueryCoordinatorApplication {

    public static void main(String[] args) {
        SpringApplication.run(QueryCoordinatorApplication.class, args);
    }
}
