// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import java.util.Set;

/**
 * Finds the end of the start tag of a page's body, as the tokenizer of the HTML standard does: what looks like this tag
 * in comments, attributes, scripts, styles, titles and templates is not it. Remembers a few letters, wherever the bytes
 * are cut. The charset of the page has to contain ASCII. Not thread-safe.
 */
final class BannerPosition {
    /** Elements that contain text only. A browser that runs scripts reads {@code noscript} in this way, too. */
    private static final Set<String> TEXT = Set.of(
            "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp");

    /** Longer than each name that matters. */
    private static final int LONGEST_NAME = 12;

    private enum State {
        DATA,
        TAG_OPEN,
        END_TAG_OPEN,
        TAG_NAME,
        /** Between attributes, where a value does not start. */
        IN_TAG,
        ATTRIBUTE_NAME,
        AFTER_ATTRIBUTE_NAME,
        BEFORE_VALUE,
        DOUBLE_QUOTED,
        SINGLE_QUOTED,
        UNQUOTED,
        /** After {@code <!}. */
        DECLARATION,
        /** After {@code <!-}. */
        COMMENT_OPEN,
        /** After {@code <!--}, and then with one dash. */
        COMMENT_START,
        COMMENT_START_DASH,
        COMMENT,
        COMMENT_DASH,
        COMMENT_END,
        /** After {@code --!} in a comment. */
        COMMENT_BANG,
        /** A document type, and what is a comment because it is nothing else: it ends at the next {@code >}. */
        UNTIL_TAG_END,
        TEXT,
        TEXT_LESS_THAN,
        TEXT_END_TAG,
        /** After {@code <!} in a script, and then with one dash. */
        SCRIPT_DECLARATION,
        SCRIPT_DECLARATION_DASH,
        /** After {@code <} and letters in the comment of a script. */
        SCRIPT_INNER_TAG,
        /** After {@code </} and letters in a script within such a comment. */
        SCRIPT_INNER_END_TAG,
        DONE
    }

    /** What a script is in, by its own text: nothing, a comment, or a script in a comment. */
    private enum Script {
        PLAIN,
        ESCAPED,
        DOUBLE_ESCAPED
    }

    private final StringBuilder name = new StringBuilder(LONGEST_NAME);
    private State state = State.DATA;
    private boolean endTag;
    /** The element that contains text only; empty: none. */
    private String text = "";

    private Script script = Script.PLAIN;
    /** How many dashes the last characters of an escaped script are, at most 2. */
    private int dashes;

    private int templates;

    /** Returns the index after the start tag, if it ends in these bytes of the page; -1 if it does not. */
    int next(byte[] bytes, int from, int length) {
        for (int index = from; state != State.DONE && index < from + length; index++) {
            if (ends(bytes[index] & 0xff)) {
                state = State.DONE;
                return index + 1;
            }
        }
        return -1;
    }

    /** Whether the start tag of the body ends with this character. */
    private boolean ends(int each) {
        switch (state) {
            case DATA -> state = each == '<' ? State.TAG_OPEN : State.DATA;
            case TAG_OPEN -> tagOpen(each);
            case END_TAG_OPEN -> {
                if (isLetter(each)) {
                    startTag(true, each);
                } else {
                    state = each == '>' ? State.DATA : State.UNTIL_TAG_END;
                }
            }
            case TAG_NAME -> {
                if (endsName(each)) {
                    return inTag(each);
                }
                append(each);
            }
            case IN_TAG, ATTRIBUTE_NAME, AFTER_ATTRIBUTE_NAME, BEFORE_VALUE -> {
                return inTag(each);
            }
            case DOUBLE_QUOTED -> state = each == '"' ? State.IN_TAG : state;
            case SINGLE_QUOTED -> state = each == '\'' ? State.IN_TAG : state;
            case UNQUOTED -> {
                if (each == '>') {
                    return tagEnds();
                }
                state = isSpace(each) ? State.IN_TAG : state;
            }
            case TEXT, TEXT_LESS_THAN, TEXT_END_TAG -> {
                return inText(each);
            }
            case SCRIPT_DECLARATION, SCRIPT_DECLARATION_DASH, SCRIPT_INNER_TAG, SCRIPT_INNER_END_TAG -> inScript(each);
            case DONE -> {}
            default -> inComment(each);
        }
        return false;
    }

    private void tagOpen(int each) {
        if (isLetter(each)) {
            startTag(false, each);
        } else {
            state = switch (each) {
                case '/' -> State.END_TAG_OPEN;
                case '!' -> State.DECLARATION;
                case '?' -> State.UNTIL_TAG_END;
                case '<' -> State.TAG_OPEN;
                default -> State.DATA;
            };
        }
    }

    private void startTag(boolean end, int first) {
        endTag = end;
        name.setLength(0);
        append(first);
        state = State.TAG_NAME;
    }

    private void append(int each) {
        if (name.length() < LONGEST_NAME) {
            name.append((char) (each >= 'A' && each <= 'Z' ? each + 32 : each));
        }
    }

    /** After the name of a tag, outside of values. Quotes have no meaning in names of attributes. */
    private boolean inTag(int each) {
        if (each == '>') {
            return tagEnds();
        }
        if (state == State.BEFORE_VALUE) {
            if (!isSpace(each)) {
                state = each == '"' ? State.DOUBLE_QUOTED : each == '\'' ? State.SINGLE_QUOTED : State.UNQUOTED;
            }
        } else if (each == '/') {
            state = State.IN_TAG;
        } else if (isSpace(each)) {
            state = state == State.ATTRIBUTE_NAME || state == State.AFTER_ATTRIBUTE_NAME
                    ? State.AFTER_ATTRIBUTE_NAME
                    : State.IN_TAG;
        } else if (each == '=' && (state == State.ATTRIBUTE_NAME || state == State.AFTER_ATTRIBUTE_NAME)) {
            state = State.BEFORE_VALUE;
        } else {
            state = State.ATTRIBUTE_NAME;
        }
        return false;
    }

    private boolean tagEnds() {
        state = State.DATA;
        String tag = name.toString();
        if (endTag) {
            templates -= tag.equals("template") && templates > 0 ? 1 : 0;
        } else if (TEXT.contains(tag)) {
            text = tag;
            script = Script.PLAIN;
            dashes = 0;
            state = State.TEXT;
        } else if (tag.equals("template")) {
            templates++;
        } else if (templates == 0) {
            if (tag.equals("frameset")) {
                // Such a page has no body.
                state = State.DONE;
            }
            return tag.equals("body");
        }
        return false;
    }

    private void inComment(int each) {
        state = switch (state) {
            case DECLARATION -> each == '-' ? State.COMMENT_OPEN : untilTagEnd(each);
            case COMMENT_OPEN -> each == '-' ? State.COMMENT_START : untilTagEnd(each);
            case COMMENT_START -> each == '-' ? State.COMMENT_START_DASH : commentEndsIf(each == '>');
            case COMMENT_START_DASH -> each == '-' ? State.COMMENT_END : commentEndsIf(each == '>');
            case COMMENT -> each == '-' ? State.COMMENT_DASH : State.COMMENT;
            case COMMENT_DASH -> each == '-' ? State.COMMENT_END : State.COMMENT;
            case COMMENT_END ->
                each == '-' ? State.COMMENT_END : each == '!' ? State.COMMENT_BANG : commentEndsIf(each == '>');
            case COMMENT_BANG -> each == '-' ? State.COMMENT_DASH : commentEndsIf(each == '>');
            default -> untilTagEnd(each);
        };
    }

    private static State untilTagEnd(int each) {
        return each == '>' ? State.DATA : State.UNTIL_TAG_END;
    }

    private static State commentEndsIf(boolean ends) {
        return ends ? State.DATA : State.COMMENT;
    }

    /** Whether the element ends is decided here; its end tag ends nothing else. */
    private boolean inText(int each) {
        if (state == State.TEXT_END_TAG && isLetter(each)) {
            append(each);
            return false;
        }
        if (state == State.TEXT_END_TAG && endsName(each) && name.toString().equals(text)) {
            if (script == Script.DOUBLE_ESCAPED) {
                // It ends the inner script only.
                script = Script.ESCAPED;
                inPlainText(each);
                return false;
            }
            text = "";
            endTag = true;
            state = State.IN_TAG;
            return inTag(each);
        }
        if (state == State.TEXT_LESS_THAN) {
            if (each == '/' && !text.equals("plaintext")) {
                name.setLength(0);
                dashes = 0;
                state = State.TEXT_END_TAG;
                return false;
            }
            if (each == '!' && text.equals("script") && script == Script.PLAIN) {
                state = State.SCRIPT_DECLARATION;
                return false;
            }
            if (isLetter(each) && script == Script.ESCAPED) {
                name.setLength(0);
                append(each);
                dashes = 0;
                state = State.SCRIPT_INNER_TAG;
                return false;
            }
        }
        inPlainText(each);
        return false;
    }

    private void inPlainText(int each) {
        state = each == '<' ? State.TEXT_LESS_THAN : State.TEXT;
        if (script != Script.PLAIN) {
            if (each == '>' && dashes == 2) {
                script = Script.PLAIN;
            }
            dashes = each == '-' ? Math.min(2, dashes + 1) : 0;
        }
    }

    private void inScript(int each) {
        if (state == State.SCRIPT_INNER_TAG) {
            if (isLetter(each)) {
                append(each);
                return;
            }
            if (endsName(each) && name.toString().equals("script")) {
                script = Script.DOUBLE_ESCAPED;
                inDoubleEscaped(each);
                return;
            }
            inPlainText(each);
            return;
        }
        if (each == '-') {
            if (state == State.SCRIPT_DECLARATION_DASH) {
                script = Script.ESCAPED;
                dashes = 2;
                state = State.TEXT;
            } else {
                state = State.SCRIPT_DECLARATION_DASH;
            }
            return;
        }
        inPlainText(each);
    }

    /** The character after the name of a tag is no more than that. */
    private void inDoubleEscaped(int each) {
        dashes = 0;
        state = each == '<' ? State.TEXT_LESS_THAN : State.TEXT;
    }

    private static boolean isLetter(int each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
    }

    private static boolean isSpace(int each) {
        return each == ' ' || each == '\t' || each == '\n' || each == '\r' || each == '\f';
    }

    private static boolean endsName(int each) {
        return each == '>' || each == '/' || isSpace(each);
    }
}
