// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON document into Boolean, Integer, Long, Double, String, List, Map and null. Refuses what readers of
 * JSON interpret differently: duplicate keys, and numbers that do not fit. For one document.
 */
public final class JsonReader {
    private static final Pattern INTERNALS = Pattern.compile("\\s*[(:][^(:]*(\\[Source|`)");

    private final JsonParser parser;
    private int depth;
    private int values;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a document in UTF-8, UTF-16 or UTF-32.
     *
     * @throws MalformedJson with the reason and the position
     */
    public static @Nullable Object read(JsonFactory factory, byte[] document) throws MalformedJson {
        try (JsonParser parser = factory.createParser(document)) {
            return new JsonReader(parser).document();
        } catch (JsonEOFException e) {
            // Jackson reports a key in another encoding like this, too.
            boolean atEnd = e.getLocation().getByteOffset() >= document.length;
            throw at(e.getLocation(), atEnd ? "the document ends too early" : "a key is not in UTF-8");
        } catch (StreamConstraintsException e) {
            throw at(
                    e.getLocation(),
                    "a text is longer than "
                            + factory.streamReadConstraints().getMaxStringLength() + " characters, a key longer than "
                            + JsonLimits.MAX_NAME + ", or a number longer than " + JsonLimits.MAX_NUMBER);
        } catch (JsonProcessingException e) {
            throw at(e.getLocation(), forCallers(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new MalformedJson("Malformed JSON: its encoding is not UTF-8, UTF-16 or UTF-32");
        }
    }

    private @Nullable Object document() throws IOException, MalformedJson {
        if (parser.nextToken() == null) {
            throw new MalformedJson("The request has no body; expected a JSON object");
        }
        Object value = value();
        if (parser.nextToken() != null) {
            throw here("expected one document, found another one after it");
        }
        return value;
    }

    private @Nullable Object value() throws IOException, MalformedJson {
        if (++values > JsonLimits.MAX_VALUES) {
            throw here("more than " + JsonLimits.MAX_VALUES + " values in one call");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw here("a value is expected");
        };
    }

    private Map<String, @Nullable Object> object() throws IOException, MalformedJson {
        enter();
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (key.length() > JsonLimits.MAX_NAME) {
                throw here("a key is longer than " + JsonLimits.MAX_NAME + " characters");
            }
            if (object.containsKey(key)) {
                throw here("the key \"" + key + "\" occurs twice");
            }
            parser.nextToken();
            object.put(key, value());
        }
        depth--;
        return object;
    }

    private List<@Nullable Object> array() throws IOException, MalformedJson {
        enter();
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value());
        }
        depth--;
        return array;
    }

    private void enter() throws MalformedJson {
        if (++depth > JsonLimits.MAX_DEPTH) {
            throw here("values are nested more than " + JsonLimits.MAX_DEPTH + " deep");
        }
    }

    private Object whole() throws IOException, MalformedJson {
        return switch (parser.getNumberType()) {
            case INT -> parser.getIntValue();
            case LONG -> parser.getLongValue();
            default -> throw here("the number " + parser.getText() + " is beyond 64 bits");
        };
    }

    private Object decimal() throws IOException, MalformedJson {
        double value = parser.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw here("the number " + parser.getText() + " is too large");
        }
        return value;
    }

    private MalformedJson here(String problem) {
        return at(parser.currentTokenLocation(), problem);
    }

    private static MalformedJson at(@Nullable JsonLocation place, String problem) {
        return place == null
                ? new MalformedJson("Malformed JSON: " + problem)
                : new MalformedJson(place.getLineNr(), place.getColumnNr(), problem);
    }

    /** Cuts off the part of a message that names classes, features or the start of an object. */
    private static String forCallers(String message) {
        Matcher internals = INTERNALS.matcher(message);
        return internals.find() ? message.substring(0, internals.start()) : message;
    }
}
