// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The banner is where another parser of HTML sees the start of the body. */
final class BannerPositionTest {
    private static final String BANNER = "<aside class=\"saas-support\"><p>Olga is looking</p></aside>";

    /** What may be before the head of a page. */
    private static final List<String> START = List.of(
            "<!DOCTYPE html>",
            "<!doctype html public \"-//W3C//DTD XHTML 1.0//EN\" '<body'>",
            "<!-- <body> -->",
            "<!--><!-- -- <body --!>",
            "<!---><!-- <body>--\n->--><!--<!--<body>--->",
            "<!----!><!--!><body>-->",
            "<?xml version='1.0'?>",
            "<!a comment <body >",
            "</a 'comment' <body>",
            "</ body ><!><!->",
            " \n");

    /** What may be in a head, and begins the body after it. */
    private static final List<String> HEAD_ONLY = List.of(
            "<noscript><link href='<body>'></noscript>", "<noscript><style>b{content:'<body>'}</style></noscript>");

    /** What may be in a head, or between it and the body. */
    private static final List<String> HEAD = List.of(
            "<!-- '\"<body> -->",
            "<!--x--!><!--<body>-- >-->",
            "<title>&lt;<body></titles></title x='>'\n>",
            "<TITLE>'\"<!-- <body></Title>",
            "<style>p::after{content:'<body>'}</style >",
            "<style><!-- </style/>",
            "<script>document.write('<body>')</script>",
            "<script src='>'>'</scrip' + '<body>'</SCRIPT>",
            "<script><!-- <script> '<body></script>' --></script>",
            "<script><!-- <script> </script> <body> </script>",
            "<script><!--> <script> <body></script>",
            "<script><!-- <scripts> <body></script>",
            "<script><!-- <script -- > <body></script --><body></script>",
            "<script><!- <script> <body></script>",
            "<script>a<!b<!--<-</<!</script></script>",
            "<template><body><p>'</template>",
            "<template><template><body></template><body></template>",
            "<meta content=\"<body>'\">",
            "<meta content='<body>\"' x>",
            "<meta content=it's><meta content=a\"b=/>",
            "<meta 'name'=\"<body>\" \"=x >",
            "<meta =\"x' = '<body>'><meta a = \n'>' />",
            "<meta a/='<body'><meta a='x'b=\"<body>\"/c>",
            "<link rel=x/>",
            "</p x='<body>'>",
            "</template>",
            " \r\n\t\f");

    private static final List<String> BODY = List.of(
            "<body>",
            "<BODY>",
            "<body\n>",
            "<body/>",
            "<body class=it's>",
            "<body data-a='a>b' data-b=\"'>\">",
            "<bOdY a = b/>",
            "<body x=a\"b>",
            "<body a='1'b=\"2\"/ c>",
            "<body ='x' = '>'>");

    private static final List<String> CONTENT = List.of(
            "<p>text", "<!-- <body> -->", "<textarea><body></textarea>", "<b title='<body>'>é</b>", "<body>", "text");

    private static String some(Random random, List<String> parts, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }

    private static String one(Random random, List<String> parts) {
        return parts.get(random.nextInt(parts.size()));
    }

    private static String page(Random random) {
        String head = some(random, HEAD, 2) + some(random, HEAD_ONLY, 1) + some(random, HEAD, 2);
        return some(random, START, 3)
                + (random.nextBoolean() ? "<html lang='<body>'>" : "")
                + some(random, START.subList(2, 6), 1)
                + (random.nextBoolean() ? "<head x=\">\">" + head + "</head>" + some(random, HEAD, 2) : head)
                + one(random, BODY)
                + some(random, CONTENT, 4)
                + (random.nextBoolean() ? "</body></html>" : "");
    }

    /** Writes a page in pieces, as an application does. */
    private static String withBanner(String page, Random cuts) {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        StringBuilder written = new StringBuilder();
        BannerPosition position = new BannerPosition();
        int from = 0;
        while (from < bytes.length) {
            int length = Math.min(bytes.length - from, 1 + cuts.nextInt(cuts.nextBoolean() ? 3 : bytes.length));
            int at = position.next(bytes, from, length);
            written.append(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
            if (at >= 0) {
                written.insert(written.length() - (from + length - at), BANNER);
            }
            from += length;
        }
        return new String(written.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Test
    void anotherParserSeesTheBannerFirstInTheBody() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String page = page(random);
            Document before = Jsoup.parse(page);

            String written = withBanner(page, random);

            Document after = Jsoup.parse(written);
            String which = "seed " + seed + ": " + page;
            assertThat(after.select("aside")).as(which).hasSize(1);
            Element banner = after.select("aside").get(0);
            assertThat(banner.parent()).as(which).isSameAs(after.body());
            assertThat(banner.siblingIndex()).as(which).isZero();
            banner.remove();
            assertThat(after.html()).as(which).isEqualTo(before.html());
        }
    }

    /** Browsers run scripts, so the content of this element is text for them. The other parser runs none. */
    @Test
    void whatIsShownWithoutScriptsIsNoBody() {
        assertThat(withBanner("<head><noscript><body></noscript></head><body>text", new Random(1)))
                .isEqualTo("<head><noscript><body></noscript></head><body>" + BANNER + "text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<p>a fragment <b>of a page</b>",
                "<bodywork>",
                "<body",
                "< body>",
                "<!-- <body>",
                "<textarea><body></textarea>",
                "<iframe><body></iframe><xmp><body></xmp>",
                "<noembed><body></noembed><noframes><body></noframes>",
                "<plaintext></plaintext><body>",
                "<frameset><frame src='x'><noframes><body></noframes></frameset><body>"
            })
    void whatHasNoBodyTagHasNoBanner(String page) {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(withBanner(page, new Random(seed))).isEqualTo(page);
        }
    }
}
