// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out whether an SVG image is only an image. Pages show it as one, so it could do nothing there, but a browser
 * that opens its address shows it as a document of the portal.
 *
 * <p>It reads a strict part of XML, so that no browser reads anything else: UTF-8, no document type, no instructions
 * except for the declaration, no entities except for those of XML. The core has no XML parser, since it needs java.base
 * only.
 */
final class SvgRules {
    private static final String SVG = "http://www.w3.org/2000/svg";
    private static final int MAX_ELEMENTS = 20_000;
    private static final int MAX_DEPTH = 100;
    private static final Set<String> ACTIVE = Set.of(
            "script",
            "foreignobject",
            "iframe",
            "object",
            "embed",
            "audio",
            "video",
            "handler",
            "listener",
            "set",
            "animate",
            "animatemotion",
            "animatetransform",
            "discard",
            "a");
    /** An image inside of the image, without a script. */
    private static final Pattern INLINE_IMAGE =
            Pattern.compile("(?is)data:image/(?:png|jpeg|webp);base64,[a-z0-9+/=\\s]*");

    private static final Pattern LOADING =
            Pattern.compile("(?is)@import|expression\\s*\\(|-moz-binding|behavior\\s*:|\\\\");
    private static final Pattern URL = Pattern.compile("(?is)url\\(\\s*['\"]?\\s*([^)'\"]*)");

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?";
    private static final String VALUE = "\\s*=\\s*(?:\"([^<\"]*)\"|'([^<']*)')";
    private static final Pattern DECLARATION =
            Pattern.compile("<\\?xml\\s+version=[\"']1\\.[01][\"'](?:\\s+encoding=[\"'](?i:utf-8)[\"'])?"
                    + "(?:\\s+standalone=[\"'](?:yes|no)[\"'])?\\s*\\?>");
    private static final Pattern START = Pattern.compile("<(" + NAME + ")");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+(" + NAME + ")" + VALUE);
    private static final Pattern END_OF_START = Pattern.compile("\\s*(/?)>");
    private static final Pattern END = Pattern.compile("</(" + NAME + ")\\s*>");
    private static final Pattern REFERENCE = Pattern.compile("&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));|&");
    private static final Map<String, String> ENTITIES =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'");

    private SvgRules() {}

    /** Returns a sentence about what is wrong; empty if it is an image without anything else. */
    static Optional<String> problem(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            new Reader(text).read();
            return Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of("The SVG image is not UTF-8. Export it as plain SVG in UTF-8.");
        } catch (Unsafe e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static final class Unsafe extends Exception {
        private static final long serialVersionUID = 1L;

        Unsafe(String what) {
            super("The SVG image has " + what + ". Export it as plain SVG without, or use PNG.");
        }
    }

    private static final class Reader {
        private final String text;
        private final Deque<String> open = new ArrayDeque<>();
        private final StringBuilder style = new StringBuilder();
        private int at;
        private int elements;

        Reader(String text) {
            this.text = text;
        }

        void read() throws Unsafe {
            if (text.startsWith("\uFEFF")) {
                at = 1;
            }
            Matcher declaration = next(DECLARATION);
            if (declaration.lookingAt()) {
                at = declaration.end();
            }
            while (at < text.length()) {
                if (text.charAt(at) != '<') {
                    characters();
                } else if (text.startsWith("<!--", at)) {
                    skip("<!--", "-->");
                } else if (text.startsWith("<![CDATA[", at)) {
                    int start = at + "<![CDATA[".length();
                    skip("<![CDATA[", "]]>");
                    inside(text.substring(start, at - "]]>".length()));
                } else if (text.startsWith("</", at)) {
                    end();
                } else {
                    start();
                }
            }
            if (elements == 0 || !open.isEmpty()) {
                throw new Unsafe("no end");
            }
        }

        private Matcher next(Pattern pattern) {
            return pattern.matcher(text).region(at, text.length());
        }

        private void skip(String from, String to) throws Unsafe {
            int end = text.indexOf(to, at + from.length());
            if (end < 0) {
                throw new Unsafe("a part without an end");
            }
            at = end + to.length();
        }

        private void characters() throws Unsafe {
            int end = text.indexOf('<', at);
            String found = text.substring(at, end < 0 ? text.length() : end);
            at += found.length();
            if (open.isEmpty() && !found.isBlank()) {
                throw new Unsafe("text outside of it");
            }
            inside(plain(found));
        }

        private void inside(String found) {
            if ("style".equals(local(open.isEmpty() ? "" : open.getFirst()))) {
                style.append(found);
            }
        }

        private void end() throws Unsafe {
            Matcher end = next(END);
            if (!end.lookingAt() || open.isEmpty() || !open.pop().equals(end.group(1))) {
                throw new Unsafe("an end without a start");
            }
            at = end.end();
            checkStyle(style.toString());
            style.setLength(0);
        }

        private void start() throws Unsafe {
            Matcher start = next(START);
            if (!start.lookingAt()) {
                throw new Unsafe("a document type, an instruction to programs, or something that is not XML");
            }
            String name = start.group(1);
            at = start.end();
            Map<String, String> attributes = attributes();
            Matcher end = next(END_OF_START);
            if (!end.lookingAt() || (open.isEmpty() && elements > 0)) {
                throw new Unsafe("something that is not XML");
            }
            at = end.end();
            if (elements == 0) {
                requireSvg(name, attributes);
            }
            elements++;
            if (elements > MAX_ELEMENTS || open.size() > MAX_DEPTH) {
                throw new Unsafe("more than " + MAX_ELEMENTS + " elements, or more than " + MAX_DEPTH + " levels");
            }
            if (ACTIVE.contains(local(name))) {
                throw new Unsafe("an element " + local(name));
            }
            for (Map.Entry<String, String> each : attributes.entrySet()) {
                if (!each.getKey().startsWith("xmlns:")) {
                    check(local(each.getKey()), each.getValue());
                }
            }
            if (end.group(1).isEmpty()) {
                open.push(name);
            }
        }

        private static void requireSvg(String name, Map<String, String> attributes) throws Unsafe {
            int colon = name.indexOf(':');
            String declaration = colon < 0 ? "xmlns" : "xmlns:" + name.substring(0, colon);
            if (!local(name).equals("svg") || !SVG.equals(attributes.get(declaration))) {
                throw new Unsafe("no element svg of " + SVG + " at its start");
            }
        }

        private Map<String, String> attributes() throws Unsafe {
            Map<String, String> attributes = new HashMap<>();
            for (Matcher each = next(ATTRIBUTE); each.lookingAt(); each = next(ATTRIBUTE)) {
                String value = each.group(2) == null ? each.group(3) : each.group(2);
                if (attributes.put(each.group(1), plain(value)) != null) {
                    throw new Unsafe("an attribute twice");
                }
                at = each.end();
            }
            return attributes;
        }

        private static String local(String name) {
            return name.substring(name.indexOf(':') + 1).toLowerCase(Locale.ROOT);
        }

        /** Replaces references to characters. */
        private static String plain(String text) throws Unsafe {
            StringBuilder plain = new StringBuilder();
            Matcher each = REFERENCE.matcher(text);
            int from = 0;
            while (each.find()) {
                plain.append(text, from, each.start()).append(character(each));
                from = each.end();
            }
            return plain.append(text, from, text.length()).toString();
        }

        private static String character(Matcher reference) throws Unsafe {
            String entity = ENTITIES.get(reference.group(3) == null ? "" : reference.group(3));
            if (entity != null) {
                return entity;
            }
            int code = -1;
            if (reference.group(1) != null) {
                code = Integer.parseInt(reference.group(1));
            } else if (reference.group(2) != null) {
                code = Integer.parseInt(reference.group(2), 16);
            }
            if (!Character.isValidCodePoint(code)) {
                throw new Unsafe("an unknown entity");
            }
            return Character.toString(code);
        }

        private static void check(String attribute, String value) throws Unsafe {
            if (attribute.startsWith("on")) {
                throw new Unsafe("an attribute " + attribute);
            }
            if (attribute.equals("href") || attribute.equals("src") || attribute.equals("base")) {
                String target = value.strip();
                if (!target.startsWith("#") && !INLINE_IMAGE.matcher(target).matches()) {
                    throw new Unsafe("a reference to something outside of it");
                }
            }
            checkStyle(value);
        }

        private static void checkStyle(String text) throws Unsafe {
            if (LOADING.matcher(text).find()
                    || URL.matcher(text)
                            .results()
                            .anyMatch(match -> !match.group(1).startsWith("#"))) {
                throw new Unsafe("a style that loads something");
            }
            if (text.strip().toLowerCase(Locale.ROOT).startsWith("javascript:")) {
                throw new Unsafe("a script in an attribute");
            }
        }
    }
}
