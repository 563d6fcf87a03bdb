package io.vectordb.gateway.rest;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Lets requests through whose address is no valid URI, marked, so that they are answered with a problem. Left alone, the
 * server below refuses them with an empty answer before any code of ours is asked.
 */
@Sharable
public final class UriRepair extends ChannelInboundHandlerAdapter {

    /** Marks such requests; a client's own header of this name is taken away. */
    static final String HEADER = "vectordb-malformed-uri";

    private static final String NAME = "vectordb.uriRepair";

    /** The server with this handler in front of it, and with room for long keys and tokens. */
    public static HttpServer install(HttpServer server) {
        UriRepair repair = new UriRepair();
        return server.httpRequestDecoder(
                        spec -> spec.maxInitialLineLength(16 << 10).maxHeaderSize(64 << 10))
                .doOnChannelInit((_, channel, _) -> {
                    if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
                        channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, repair);
                    }
                });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
            request.headers().remove(HEADER);
            if (!isValid(request.uri())) {
                request.headers().set(HEADER, "1");
                request.setUri("/" + URLEncoder.encode(request.uri(), StandardCharsets.UTF_8));
            }
        }
        context.fireChannelRead(message);
    }

    private static boolean isValid(String uri) {
        try {
            return !uri.isEmpty() && new URI("http://localhost" + uri).getRawPath() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
