package io.vectordb.e2e.container;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import io.vectordb.e2e.Checkout;
import io.vectordb.e2e.RestClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** All services in one container, of the image that the Dockerfile makes of the built jar, on a named volume. */
final class StandaloneContainer extends GenericContainer<StandaloneContainer> {

    private static final int HTTP_PORT = 8080;
    private static final long MEMORY_BYTES = 1536L << 20;

    StandaloneContainer(ImageFromDockerfile image, String volume) {
        super(image);
        withExposedPorts(HTTP_PORT);
        withTmpFs(Map.of("/tmp", "rw,exec,mode=1777,size=256m"));
        withCreateContainerCmdModifier(command -> {
            var host = command.getHostConfig();
            if (host != null) {
                host.withMemory(MEMORY_BYTES).withReadonlyRootfs(true).withBinds(new Bind(volume, new Volume("/data")));
            }
        });
        waitingFor(Wait.forHttp("/actuator/health/readiness")
                .forPort(HTTP_PORT)
                .forStatusCode(200)
                .withStartupTimeout(Duration.ofMinutes(4)));
    }

    /** The image, from the jar of this checkout. */
    static ImageFromDockerfile image() {
        Path jar = Checkout.executableJar("standalone");
        return new ImageFromDockerfile("vectordb/standalone-e2e", true)
                .withFileFromPath("Dockerfile", Checkout.root().resolve("Dockerfile"))
                .withFileFromPath(Checkout.root().relativize(jar).toString(), jar)
                .withBuildArg("SERVICE", "standalone");
    }

    RestClient rest() {
        return new RestClient(URI.create("http://" + getHost() + ":" + getMappedPort(HTTP_PORT)));
    }

    /** Ends the process as a loss of power would, without a chance to write anything. */
    void kill() {
        getDockerClient().killContainerCmd(getContainerId()).withSignal("KILL").exec();
    }
}
