// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers, using int, i8, double, boolean, string, base64, array and struct only. Null, NaN and infinities
 * have no form in XML-RPC and become boolean 0, as Odoo writes an empty value. For one thread.
 */
final class AnswerWriter {
    private static final String START = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>\n";
    private static final String END = "</methodResponse>\n";

    private final XmlBytes out = new XmlBytes();

    private AnswerWriter() {}

    /** Returns the document for a result. */
    static byte[] result(@Nullable Object value) {
        AnswerWriter writer = new AnswerWriter();
        writer.out.markup(START).markup("<params>\n<param>\n<value>");
        writer.write(value);
        writer.out.markup("</value>\n</param>\n</params>\n").markup(END);
        return writer.out.toBytes();
    }

    /** Returns the document for a fault. */
    static byte[] fault(Object code, String message) {
        AnswerWriter writer = new AnswerWriter();
        writer.out.markup(START).markup("<fault>\n<value><struct>\n");
        writer.member("faultCode", code);
        writer.member("faultString", message);
        writer.out.markup("</struct></value>\n</fault>\n").markup(END);
        return writer.out.toBytes();
    }

    private void write(@Nullable Object value) {
        if (value instanceof String text) {
            out.markup("<string>").text(text).markup("</string>");
        } else if (value == null) {
            truth(false);
        } else if (value instanceof Boolean truth) {
            truth(truth);
        } else if (value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte) {
            whole(((Number) value).longValue());
        } else if (value instanceof Double number) {
            decimal(number);
        } else if (value instanceof Map<?, ?> map) {
            struct(map);
        } else if (value instanceof Iterable<?> list) {
            array(list);
        } else if (value instanceof byte[] bytes) {
            out.markup("<base64>").markup(Base64.getEncoder().encode(bytes)).markup("</base64>");
        } else {
            throw new IllegalArgumentException("XML-RPC cannot express a value of class "
                    + value.getClass().getName() + ".");
        }
    }

    private void truth(boolean value) {
        out.markup(value ? "<boolean>1</boolean>" : "<boolean>0</boolean>");
    }

    private void whole(long value) {
        if (value == (int) value) {
            out.markup("<int>").markup(Long.toString(value)).markup("</int>");
        } else {
            out.markup("<i8>").markup(Long.toString(value)).markup("</i8>");
        }
    }

    /** Writes no exponent, since many clients refuse it. */
    private void decimal(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            truth(false);
            return;
        }
        String text = Double.toString(value);
        out.markup("<double>")
                .markup(text.indexOf('E') < 0 ? text : new BigDecimal(text).toPlainString())
                .markup("</double>");
    }

    private void array(Iterable<?> list) {
        out.markup("<array><data>\n");
        for (Object each : list) {
            out.markup("<value>");
            write(each);
            out.markup("</value>\n");
        }
        out.markup("</data></array>");
    }

    private void struct(Map<?, ?> map) {
        out.markup("<struct>\n");
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            member(String.valueOf(entry.getKey()), entry.getValue());
        }
        out.markup("</struct>");
    }

    private void member(String name, @Nullable Object value) {
        out.markup("<member>\n<name>").text(name).markup("</name>\n<value>");
        write(value);
        out.markup("</value>\n</member>\n");
    }
}
