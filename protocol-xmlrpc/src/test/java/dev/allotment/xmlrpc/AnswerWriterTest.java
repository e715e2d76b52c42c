// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerWriterTest {

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(42, "<int>42</int>"),
                Arguments.of(-7L, "<int>-7</int>"),
                Arguments.of((short) 3, "<int>3</int>"),
                Arguments.of(2147483647L, "<int>2147483647</int>"),
                Arguments.of(2147483648L, "<i8>2147483648</i8>"),
                Arguments.of(Long.MIN_VALUE, "<i8>-9223372036854775808</i8>"),
                Arguments.of(true, "<boolean>1</boolean>"),
                Arguments.of(false, "<boolean>0</boolean>"),
                Arguments.of(null, "<boolean>0</boolean>"),
                Arguments.of(1.5, "<double>1.5</double>"),
                Arguments.of(-0.0, "<double>-0.0</double>"),
                Arguments.of(1e22, "<double>10000000000000000000000</double>"),
                Arguments.of(1.25e-7, "<double>0.000000125</double>"),
                Arguments.of(Double.NaN, "<boolean>0</boolean>"),
                Arguments.of(Double.NEGATIVE_INFINITY, "<boolean>0</boolean>"),
                Arguments.of("", "<string></string>"),
                Arguments.of(" a\tb\n", "<string> a\tb\n</string>"),
                Arguments.of("<&>]]>", "<string>&lt;&amp;&gt;]]&gt;</string>"),
                Arguments.of("a\r\nb", "<string>a&#13;\nb</string>"),
                Arguments.of("é€😀", "<string>é€😀</string>"),
                Arguments.of(
                        "\u007f\u0080\u07ff\u0800\ud7ff\ue000\ufffd",
                        "<string>\u007f\u0080\u07ff\u0800\ud7ff\ue000\ufffd</string>"),
                Arguments.of(new byte[] {0, -1, 127}, "<base64>AP9/</base64>"),
                Arguments.of(List.of(), "<array><data>\n</data></array>"),
                Arguments.of(Arrays.asList(1, null, List.of("a")), """
                        <array><data>
                        <value><int>1</int></value>
                        <value><boolean>0</boolean></value>
                        <value><array><data>
                        <value><string>a</string></value>
                        </data></array></value>
                        </data></array>"""),
                Arguments.of(Map.of(), "<struct>\n</struct>"),
                Arguments.of(
                        Map.of("a<b", Map.of()),
                        "<struct>\n<member>\n<name>a&lt;b</name>\n<value><struct>\n</struct></value>\n</member>\n</struct>"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreWrittenInTheFormsThatEveryClientKnows(Object value, String expected) {
        assertThat(written(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0", "\u0001", "\u0008", "\u000b", "\u000c", "\u001f", "\ud800", "\udc00", "\ufffe", "\uffff"})
    void charactersThatXmlForbidsAreLeftOut(String forbidden) {
        assertThat(written(forbidden)).isEqualTo("<string></string>");
        assertThat(written("a" + forbidden + "b")).isEqualTo("<string>ab</string>");
        assertThat(written(forbidden + "😀" + forbidden)).isEqualTo("<string>😀</string>");
        assertThat(written(Map.of(forbidden, 1))).contains("<name></name>");
    }

    @Test
    void surrogatesInTheWrongOrderAreLeftOut() {
        assertThat(written("\udc00\ud800x")).isEqualTo("<string>x</string>");
        assertThat(written("\ud800\ud83d\ude00")).isEqualTo("<string>😀</string>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "&", "é", "€", "😀", "\r", "a&é€😀\r"})
    void longTextsArriveWhole(String piece) {
        String expected = piece.replace("&", "&amp;").replace("\r", "&#13;").repeat(100_000);

        assertThat(written(piece.repeat(100_000))).isEqualTo("<string>" + expected + "</string>");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.MIN_VALUE, Double.MAX_VALUE, 4.9e-300, 123456789.125, 1e7, 1e-3, 0.1, -1e100})
    void doublesKeepTheirValueWithoutAnExponent(double value) {
        String text = written(value).replaceAll("</?double>", "");

        assertThat(text).matches("-?[0-9]+(\\.[0-9]+)?");
        assertThat(Double.parseDouble(text)).isEqualTo(value);
    }

    @Test
    void answersAreReadableByPythonsClient() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "a<b>&\r\n\t é€😀");
        value.put("int", 42);
        value.put("long", 5_000_000_000L);
        value.put("double", 1e22);
        value.put("small", 1.25e-7);
        value.put("true", true);
        value.put("nothing", null);
        value.put("bytes", new byte[] {0, -1});
        value.put("list", List.of(1, List.of(), Map.of()));

        assertThat(AnswerWriter.result(value)).asString(StandardCharsets.UTF_8).isEqualTo(sample("answer.xml"));
        assertThat(AnswerWriter.fault(3, "Access Denied"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(sample("fault.xml"));
        assertThat(AnswerWriter.fault("warning -- UserError\n\nNo <b>.", ""))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(sample("fault-old.xml"));
    }

    private static String sample(String name) {
        return new String(Documents.sample(name), StandardCharsets.UTF_8);
    }

    private static String written(Object value) {
        String document = new String(AnswerWriter.result(value), StandardCharsets.UTF_8);
        String start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>\n<params>\n<param>\n<value>";
        String end = "</value>\n</param>\n</params>\n</methodResponse>\n";
        assertThat(document).startsWith(start).endsWith(end);
        return document.substring(start.length(), document.length() - end.length());
    }
}
