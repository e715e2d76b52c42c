// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static dev.allotment.xmlrpc.Documents.utf8;
import static dev.allotment.xmlrpc.Documents.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.odoo.fault.OdooFault;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallReaderTest {
    private final CallReader reader = new CallReader(1 << 22);

    @Nested
    class Values {

        static Stream<Arguments> accepted() {
            return Stream.of(
                    Arguments.of("<int>42</int>", 42),
                    Arguments.of("<i4>-42</i4>", -42),
                    Arguments.of("<int> \n+7\t</int>", 7),
                    Arguments.of("<int>2147483647</int>", Integer.MAX_VALUE),
                    Arguments.of("<int>2147483648</int>", 2147483648L),
                    Arguments.of("<i4>-9223372036854775808</i4>", Long.MIN_VALUE),
                    Arguments.of("<int>000000000000000000000000000001</int>", 1),
                    Arguments.of("<i8>9223372036854775807</i8>", Long.MAX_VALUE),
                    Arguments.of("<i8>5</i8>", 5),
                    Arguments.of("<i1>-128</i1>", -128),
                    Arguments.of("<i2>32767</i2>", 32767),
                    Arguments.of("<biginteger>12345678901</biginteger>", 12345678901L),
                    Arguments.of("<boolean>1</boolean>", true),
                    Arguments.of("<boolean> 0 </boolean>", false),
                    Arguments.of("<double>-1.5</double>", -1.5),
                    Arguments.of("<double> 1e+22 </double>", 1e22),
                    Arguments.of("<double>7</double>", 7.0),
                    Arguments.of("<double>.5</double>", 0.5),
                    Arguments.of("<string>a &lt; b &amp;&#x20AC;&#128512;</string>", "a < b &€😀"),
                    Arguments.of("<string> blanks stay </string>", " blanks stay "),
                    Arguments.of("<string><![CDATA[<b>&amp;]]></string>", "<b>&amp;"),
                    Arguments.of("<string>one<!-- no -->two<?no no?>three</string>", "onetwothree"),
                    Arguments.of("<string/>", ""),
                    Arguments.of("", ""),
                    Arguments.of("untyped", "untyped"),
                    Arguments.of(" untyped &amp; <!-- in pieces --> more ", " untyped &  more "),
                    Arguments.of("\n <string>x</string> \n", "x"),
                    Arguments.of(
                            "<dateTime.iso8601>20260131T10:00:00</dateTime.iso8601>",
                            LocalDateTime.of(2026, 1, 31, 10, 0)),
                    Arguments.of(
                            "<dateTime.iso8601> 2024-02-29T23:59:59\n</dateTime.iso8601>",
                            LocalDateTime.of(2024, 2, 29, 23, 59, 59)),
                    Arguments.of("<base64>\nAAH+\n/w==\n</base64>", new byte[] {0, 1, -2, -1}),
                    Arguments.of("<base64/>", new byte[0]),
                    Arguments.of("<nil/>", null),
                    Arguments.of("<nil> </nil>", null),
                    Arguments.of("<ex:nil/>", null),
                    Arguments.of("<ex:nil xmlns:ex='http://ws.apache.org/xmlrpc/namespaces/extensions'/>", null),
                    Arguments.of("<ex:i8>5000000000</ex:i8>", 5000000000L),
                    Arguments.of("<array><data/></array>", List.of()),
                    Arguments.of("<array/>", List.of()),
                    Arguments.of(
                            "<array><data><value>a</value>\n<value><array><data>"
                                    + "<value><nil/></value></data></array></value></data></array>",
                            List.of("a", Arrays.asList((Object) null))),
                    Arguments.of("<struct/>", Map.of()),
                    Arguments.of(
                            "<struct> <member> <name>a b</name> <value><int>1</int></value> </member>\n"
                                    + "<member><name/><value><struct/></value></member></struct>",
                            Map.of("a b", 1, "", Map.of())));
        }

        @ParameterizedTest
        @MethodSource("accepted")
        void areRead(String value, Object expected) {
            MethodCall call = reader.read(utf8(withValue("<value>" + value + "</value>")));

            assertThat(call.method()).isEqualTo("m");
            assertThat(call.params()).hasSize(1);
            assertThat((Object) call.params().get(0)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "<int>9223372036854775808</int> | <int> holds \"9223372036854775808\", expected a whole number within 64 bits",
                    "<i8>-9223372036854775809</i8> | <i8> holds \"-9223372036854775809\", expected a whole number within 64 bits",
                    "<biginteger>123456789012345678901234567890</biginteger> | <biginteger> holds \"123456789012345678901234567890\"",
                    "<int>1 2</int> | <int> holds \"1 2\"",
                    "<int>1_000</int> | <int> holds \"1_000\"",
                    "<int>1.0</int> | <int> holds \"1.0\"",
                    "<int>٣</int> | <int> holds \"٣\"",
                    "<int></int> | <int> holds \"\"",
                    "<i1>128</i1> | <i1> holds \"128\", expected a whole number from -128 to 127",
                    "<i2>40000</i2> | <i2> holds \"40000\", expected a whole number from -32768 to 32767",
                    "<boolean>2</boolean> | <boolean> holds \"2\", expected 0 or 1",
                    "<boolean>true</boolean> | <boolean> holds \"true\", expected 0 or 1",
                    "<double>1,5</double> | <double> holds \"1,5\", expected a decimal number such as -1.5 or 2e10",
                    "<double>NaN</double> | <double> holds \"NaN\"",
                    "<double>Infinity</double> | <double> holds \"Infinity\"",
                    "<double>1e999</double> | <double> holds \"1e999\"",
                    "<double>1d</double> | <double> holds \"1d\"",
                    "<double>0x1p3</double> | <double> holds \"0x1p3\"",
                    "<dateTime.iso8601>yesterday</dateTime.iso8601> | <dateTime.iso8601> holds \"yesterday\", expected a time such as",
                    "<dateTime.iso8601>20260230T10:00:00</dateTime.iso8601> | holds \"20260230T10:00:00\"",
                    "<base64>AA*A</base64> | <base64> holds \"AA*A\", expected base64",
                    "<base64>A</base64> | <base64> holds \"A\", expected base64",
                    "<nil>x</nil> | <nil> holds \"x\", expected nothing",
                    "<ex:serializable>rO0AB</ex:serializable> | unknown type <ex:serializable>; expected array, base64,",
                    "<ex:jaxb/> | unknown type <ex:jaxb>",
                    "<ex:dom/> | unknown type <ex:dom>",
                    "<ex:dateTime>x</ex:dateTime> | unknown type <ex:dateTime>",
                    "<ex:float>1</ex:float> | unknown type <ex:float>",
                    "<ex:bigdecimal>1</ex:bigdecimal> | unknown type <ex:bigdecimal>",
                    "<integer>1</integer> | unknown type <integer>",
                    "<a:>1</a:> | unknown type <a:>",
                    "<value/> | found <value> in <value>, expected a type"
                })
        void areRefusedByNameAndPlace(String value, String problem) {
            assertThatThrownBy(() -> reader.read(utf8("<methodCall><methodName>m</methodName><params>\n<param><value>"
                            + value + "</value></param></params></methodCall>")))
                    .isInstanceOfSatisfying(
                            OdooFault.class, fault -> assertThat(fault.code()).isEqualTo(1))
                    .hasMessageStartingWith("Malformed call at line 2, column ")
                    .hasMessageContaining(problem);
        }

        @ParameterizedTest
        @ValueSource(strings = {"<string>%s</string>", "%s"})
        void mayBeTextsThatComeInManyPieces(String type) {
            for (String text : List.of(
                    "&".repeat(30_000),
                    "x".repeat(30_000),
                    "a & b".repeat(5_000),
                    "& " + "long ".repeat(100) + "<" + "€".repeat(20_000) + "\n".repeat(300) + "\n& end")) {
                String value = type.formatted(text.replace("&", "&amp;").replace("<", "&lt;"));

                assertThat(reader.read(utf8(withValue("<value><array><data><value>" + value + "</value><value/><value>"
                                        + value + "</value></data></array></value>")))
                                .params())
                        .isEqualTo(List.of(List.of(text, "", text)));
            }
        }

        @Test
        void thatAreRefusedAreShortenedInTheMessage() {
            assertThatThrownBy(() ->
                            reader.read(utf8(withValue("<value><int>" + "9".repeat(1_000_000) + "</int></value>"))))
                    .isInstanceOf(OdooFault.class)
                    .satisfies(fault -> assertThat(fault.getMessage()).hasSizeLessThan(300));
        }
    }

    @Nested
    class Structure {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "<methodCall><methodName>m</methodName></methodCall>",
                    "<methodCall><methodName> m\n</methodName><params/></methodCall>",
                    "<!-- hello --><methodCall xmlns='urn:x' a='b'>\n <methodName>m</methodName> <params> </params>\n</methodCall>\n<!-- bye -->\n"
                })
        void mayHaveNoParameters(String document) {
            assertThat(reader.read(utf8(document))).isEqualTo(new MethodCall("m", List.of()));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "<methodResponse/> | 1:18 | found <methodResponse>, expected <methodCall>",
                    "<methodCall/> | 1:14 | <methodCall> has no <methodName>",
                    "<methodCall><params/></methodCall> | 1:22 | found <params> in <methodCall>, expected <methodName>",
                    "<methodCall><methodName>m<b/></methodName></methodCall> | 1:30 | found <b>, expected the end of <methodName>",
                    "<methodCall><methodName>m</methodName><params/><params/></methodCall> | 1:57 | found <params>, expected the end of <methodCall>",
                    "<methodCall>x<methodName>m</methodName></methodCall> | 1:15 | text \"x\" directly in <methodCall>",
                    "<methodCall><methodName> </methodName></methodCall> | 0:0 | <methodName> is empty"
                })
        void isCheckedAroundTheParameters(String document, String place, String problem) {
            assertMalformed(document, place, problem);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "<value/><value/> | found <value>, expected the end of <param>",
                    "<int>1</int> | found <int> in <param>, expected <value>",
                    "<value><int>1</int><int>2</int></value> | found <int>, expected the end of <value>",
                    "<value><int>1</int>2</value> | text \"2\" directly in <value>",
                    "<value>2<int>1</int></value> | text \"2\" and <int> in one <value>",
                    "<value><int><b>1</b></int></value> | found <b>, expected the end of <int>",
                    "<value><array><value/></array></value> | found <value> in <array>, expected <data>",
                    "<value><array><data/><data/></array></value> | found <data>, expected the end of <array>",
                    "<value><array><data><int>1</int></data></array></value> | found <int> in <data>, expected <value>",
                    "<value><array><data>x</data></array></value> | text \"x\" directly in <data>",
                    "<value><struct><value/></struct></value> | found <value> in <struct>, expected <member>",
                    "<value><struct><member/></struct></value> | <member> has no <name>",
                    "<value><struct><member><name>a</name></member></struct></value> | <member> has no <value>",
                    "<value><struct><member><value/><name>a</name></member></struct></value> | found <value> in <member>, expected <name>",
                    "<value><struct><member><name>a</name><value/><value/></member></struct></value> | found <value>, expected the end of <member>",
                    "<value><struct><member><name><value>a</value></name><value/></member></struct></value> | found <value>, expected the end of <name>",
                    "<value><struct><member><name>a</name><value/></member><member><name>a</name><value/></member></struct></value> | Duplicate name: a",
                    "<value><params/></value> | found <params> in <value>, expected a type"
                })
        void isCheckedWithinAParameter(String param, String problem) {
            assertThatThrownBy(() -> reader.read(utf8(withValue(param))))
                    .isInstanceOf(OdooFault.class)
                    .hasMessageStartingWith("Malformed call at line 1, column ")
                    .hasMessageEndingWith(": " + problem);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "`` | 0:0 | the request has no body",
                    "hello | 1:1 | Content is not allowed in prolog",
                    "{\"jsonrpc\": \"2.0\"} | 1:1 | Content is not allowed in prolog",
                    "`<?xml version='1.0'?>\n` | 2:1 | Premature end of file",
                    "`<methodCall>\n<methodName>m</methodName>\n<params><param><value><int>4` | 3:29 | the document ends before <int> is closed",
                    "<methodCall><methodName>m</methodCall> | 1:28 | The element type \"methodName\" must be terminated",
                    "`<methodCall><methodName>m</methodName></methodCall>\n<methodCall/>` | 2:2 | The markup in the document following the root element",
                    "<methodCall><methodName>&who;</methodName></methodCall> | 1:30 | The entity \"who\" was referenced, but not declared",
                    "<methodCall><methodName>&#0;</methodName></methodCall> | 1:29 | Character reference \"&#0\" is an invalid XML character",
                    "<?xml version='1.0' encoding='no-such'?><methodCall/> | 0:0 | the encoding \"no-such\" is not known",
                    "<!DOCTYPE methodCall><methodCall/> | 1:10 | a document type (DTD) is not accepted"
                })
        void isXml(String document, String place, String problem) {
            assertMalformed(document, place, problem);
        }

        @Test
        void isExplainedInEnglishInAnyLocale() {
            Locale before = Locale.getDefault();
            Locale.setDefault(Locale.GERMANY);
            try {
                assertThatThrownBy(() -> new CallReader(1 << 22).read(utf8("<a>&b;</a>")))
                        .hasMessageContaining("found <a>, expected <methodCall>");
                assertThatThrownBy(() -> new CallReader(1 << 22).read(utf8("<methodCall")))
                        .hasMessageEndingWith("the document ends before its first element");
                assertThatThrownBy(() -> new CallReader(1 << 22).read(utf8("hello")))
                        .hasMessageEndingWith("Content is not allowed in prolog.");
            } finally {
                Locale.setDefault(before);
            }
        }

        private void assertMalformed(String document, String place, String problem) {
            String[] at = place.split(":", 2);
            String where = at[0].equals("0") ? "" : " at line " + at[0] + ", column " + at[1];
            assertThatThrownBy(() -> reader.read(utf8(document)))
                    .isInstanceOf(OdooFault.class)
                    .hasMessageStartingWith("Malformed call" + where + ": " + problem);
        }
    }

    @Nested
    class Encodings {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UTF-8",
                    "utf-8",
                    "UTF-16",
                    "UTF-16LE",
                    "UTF-16BE",
                    "UTF-32",
                    "ISO-8859-15",
                    "windows-1252",
                    "cp1252",
                    "GB18030"
                })
        void areReadAsDeclared(String encoding) {
            String document = "<?xml version='1.0' encoding='" + encoding + "'?>" + withValue("<value>é€</value>");

            assertThat(reader.read(document.getBytes(Charset.forName(encoding))).params())
                    .isEqualTo(List.of("é€"));
        }

        @Test
        void areReadAsDeclaredInLatin1() {
            String document = "<?xml version='1.0' encoding='ISO-8859-1'?>" + withValue("<value>é</value>");

            assertThat(reader.read(document.getBytes(StandardCharsets.ISO_8859_1))
                            .params())
                    .isEqualTo(List.of("é"));
        }

        @Test
        void areUtf8IfNoneIsDeclared() {
            assertThat(reader.read(utf8(withValue("<value>é€😀</value>"))).params())
                    .isEqualTo(List.of("é€😀"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
        void areDetectedByAByteOrderMark(String encoding) {
            String document = "\ufeff" + withValue("<value>é€😀</value>");

            assertThat(reader.read(document.getBytes(Charset.forName(encoding))).params())
                    .isEqualTo(List.of("é€😀"));
        }

        @Test
        void thatDoNotFitTheBytesAreRefused() {
            byte[] latin = withValue("<value>\u00e9t\u00e9</value>").getBytes(StandardCharsets.ISO_8859_1);

            assertThatThrownBy(() -> reader.read(latin))
                    .isInstanceOf(OdooFault.class)
                    .hasMessageStartingWith("Malformed call at line 1, column ")
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void aReaderWorksAfterARefusal() {
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> reader.read(utf8("<methodCall><x"))).isInstanceOf(OdooFault.class);
            assertThat(reader.read(utf8(withValue("<value>x</value>"))).params())
                    .isEqualTo(List.of("x"));
        }
    }
}
