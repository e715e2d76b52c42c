// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.test.AdapterServer;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.I8Parser;
import org.apache.xmlrpc.parser.TypeParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls through Apache's client over real HTTP: its requests are read correctly, and it reads our answers. */
class ApacheClientTest {
    private static final int ALL_CHARACTERS = 7;

    /**
     * This client does not escape a carriage return, and writes a surrogate pair as two characters, which is not XML.
     */
    private static final int SENDABLE = 5;

    private final AdapterServer host = new AdapterServer(new XmlRpcAdapter(ApacheClientTest::answer));

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void anyTreeOfValuesSurvivesTheRoundTrip() throws Exception {
        XmlRpcClient client = client();
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            Object sent = value(random, 0, SENDABLE);

            assertThat(comparable(client.execute("echo", new Object[] {sent})))
                    .as("tree %d: %s", i, sent)
                    .isEqualTo(comparable(sent));
        }
    }

    @Test
    void anyAnswerIsReadWithAnyCharacter() throws Exception {
        XmlRpcClient client = client();
        for (int seed = 0; seed < 500; seed++) {
            Object expected = value(new Random(seed), 0, ALL_CHARACTERS);

            assertThat(comparable(client.execute("tree", new Object[] {seed})))
                    .as("tree %d: %s", seed, expected)
                    .isEqualTo(comparable(expected));
        }
    }

    @ParameterizedTest
    @CsvSource({"USER_ERROR, 2", "ACCESS_DENIED, 3", "ACCESS_ERROR, 4"})
    void faultsArriveAsFaults(String kind, int code) throws MalformedURLException {
        XmlRpcClient client = client();

        assertThatThrownBy(() -> client.execute("fail", new Object[] {kind}))
                .isInstanceOfSatisfying(
                        XmlRpcException.class, fault -> assertThat(fault.code).isEqualTo(code))
                .hasMessage("Not <this> time & place: é€😀");
    }

    private XmlRpcClient client() throws MalformedURLException {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        config.setServerURL(host.at(Documents.OBJECT).toURL());
        config.setEnabledForExtensions(true); // so that it can send long, short, null …
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config);
        client.setTypeFactory(new KnowingI8(client));
        return client;
    }

    private static Object answer(String service, String method, List<?> params, String clientAddress) {
        return switch (method) {
            case "echo" -> params.get(0);
            case "tree" -> answerable(value(new Random((int) params.get(0)), 0, ALL_CHARACTERS));
            default ->
                throw new OdooFault(OdooFault.Kind.valueOf((String) params.get(0)), "Not <this> time & place: é€😀");
        };
    }

    private static Object value(Random random, int depth, int characters) {
        return switch (random.nextInt(depth < 5 ? 13 : 10)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> (short) random.nextInt();
            case 3 -> (byte) random.nextInt();
            case 4 -> random.nextBoolean();
            case 5 -> random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
            case 6 -> null;
            case 7 -> bytes(random);
            case 8 -> BigInteger.valueOf(random.nextLong());
            case 9, 10 -> text(random, characters);
            case 11 -> {
                Object[] list = new Object[random.nextInt(5)];
                Arrays.setAll(list, i -> value(random, depth + 1, characters));
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(text(random, characters), value(random, depth + 1, characters));
                }
                yield map;
            }
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns characters that XML can express. */
    private static String text(Random random, int characters) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(characters)) {
                        case 0 -> "<>&\"'\n\t ]".charAt(random.nextInt(9));
                        case 1 -> random.nextInt(0xA0, 0x800);
                        case 2 -> random.nextInt(0x800, 0xD800);
                        case 3 -> random.nextInt(0xE000, 0xFFFE);
                        case 4 -> random.nextInt(' ', 0x7F);
                        case 5 -> '\r';
                        default -> random.nextInt(0x10000, 0x110000);
                    });
        }
        return text.toString();
    }

    /** Makes a value as services return it: lists only, and no BigInteger. */
    private static Object answerable(Object value) {
        if (value instanceof BigInteger number) {
            return number.longValue();
        }
        if (value instanceof Object[] array) {
            return Arrays.stream(array).map(ApacheClientTest::answerable).collect(Collectors.toList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(key, answerable(each)));
            return copy;
        }
        return value;
    }

    /**
     * Makes values of both sides comparable: integers of any size are equal, null is false, and arrays are lists.
     */
    private static Object comparable(Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof BigInteger) {
            return ((Number) value).longValue();
        }
        if (value instanceof byte[] bytes) {
            List<Object> list = new ArrayList<>(List.of("bytes"));
            for (byte each : bytes) {
                list.add(each);
            }
            return list;
        }
        if (value instanceof Object[] array) {
            return Arrays.stream(array).map(ApacheClientTest::comparable).toList();
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(ApacheClientTest::comparable).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(key, comparable(each)));
            return copy;
        }
        return value;
    }

    /** This client knows i8 only in Apache's own namespace. */
    private static final class KnowingI8 extends TypeFactoryImpl {
        KnowingI8(XmlRpcClient client) {
            super(client);
        }

        @Override
        public TypeParser getParser(
                XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String localName) {
            return localName.equals("i8") ? new I8Parser() : super.getParser(config, context, uri, localName);
        }
    }
}
