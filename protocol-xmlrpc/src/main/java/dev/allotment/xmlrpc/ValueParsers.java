// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.Arrays;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactory;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.MapParser;
import org.apache.xmlrpc.parser.ObjectArrayParser;
import org.apache.xmlrpc.parser.TypeParser;
import org.apache.xmlrpc.serializer.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The parsers for the types of a call. There are no others, so no Java object of a sender's choice is created. One
 * per call.
 */
final class ValueParsers implements TypeFactory {
    private final ScalarParser scalars;

    /** @param text provides the text of a scalar at its end */
    ValueParsers(TextBuffer text) {
        scalars = new ScalarParser(text);
    }

    @Override
    public @Nullable TypeParser getParser(
            XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String tag) {
        return switch (tag) {
            case "struct" -> new MapParser(config, context, this);
            case "array" -> new ListParser(config, context, this);
            default -> {
                ScalarType scalar = ScalarType.of(tag);
                yield scalar == null ? null : scalars.of(scalar, tag);
            }
        };
    }

    /** Returns null, since Apache's writers are not used. */
    @Override
    public @Nullable TypeSerializer getSerializer(XmlRpcStreamConfig config, Object value) {
        return null;
    }

    private static final class ListParser extends ObjectArrayParser {
        ListParser(XmlRpcStreamConfig config, NamespaceContextImpl context, TypeFactory types) {
            super(config, context, types);
        }

        @Override
        public void setResult(Object array) {
            super.setResult(Arrays.asList((Object[]) array));
        }
    }
}
