package io.vectordb.indexnode;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** An index node as a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(IndexNodeConfiguration.class)
public class IndexNodeApplication {

    public static void main(String[] args) {
        SpringApplication.run(IndexNodeApplication.class, args);
    }
}
