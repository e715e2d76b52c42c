// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandFont;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredBrand;
import dev.allotment.spi.backend.StoredBrandFile;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes the rows of brands and of their files. */
final class BrandRows {
    /** The scope of the brand that is applied. */
    static final String INSTALLATION = "installation";

    private static final String NAME = "name";
    private static final String ACCENT = "accent";
    private static final String ACCENT_DARK = "accentDark";
    private static final String FONT = "font";
    private static final String SUPPORT = "support";
    private static final String FILE = "file.";
    private static final String TEXT = "text.";
    private static final String LINK = "link.";
    private static final int MAX_LINKS = 100;
    /** How long a page that was sent before may still load the files of the brand that it was sent with. */
    private static final Duration UNUSED = Duration.ofHours(1);

    private BrandRows() {}

    static Optional<StoredBrand> find(Transaction tx, String scope) {
        return tx.records(RecordTypes.BRANDS).list(Query.where(Filter.equal(StoredBrand.SCOPE, scope))).stream()
                .findFirst();
    }

    /** Identifies what a row contains; empty if there is no row. */
    static String version(Optional<StoredBrand> row) {
        return row.map(each -> each.id() + ":" + each.revision()).orElse("");
    }

    /** Stores a brand with its files, and returns its row. */
    static StoredBrand store(Transaction tx, String scope, String basedOn, Brand brand, Instant now) {
        boolean published = scope.equals(INSTALLATION);
        for (BrandFile file : new HashSet<>(brand.files().values())) {
            store(tx, file, published);
        }
        Records<StoredBrand> brands = tx.records(RecordTypes.BRANDS);
        Optional<StoredBrand> known = find(tx, scope).flatMap(each -> brands.lock(each.id()));
        StoredBrand row = new StoredBrand(
                known.map(StoredBrand::id).orElse(0L),
                scope,
                known.map(each -> each.revision() + 1).orElse(1),
                basedOn,
                content(brand),
                now);
        if (known.isEmpty()) {
            row = brands.insert(row);
        } else {
            brands.update(row);
        }
        return row;
    }

    private static void store(Transaction tx, BrandFile file, boolean published) {
        Records<StoredBrandFile> files = tx.records(RecordTypes.BRAND_FILES);
        Optional<StoredBrandFile> known = row(tx, file.hash()).flatMap(each -> files.lock(each.id()));
        if (known.isEmpty()) {
            files.insert(new StoredBrandFile(
                    0, file.hash(), Base64.getEncoder().encodeToString(file.content()), published, null));
        } else if (published && !known.get().published()) {
            files.update(known.get().with(true, null));
        }
    }

    private static Optional<StoredBrandFile> row(Transaction tx, String hash) {
        return tx.records(RecordTypes.BRAND_FILES).list(Query.where(Filter.equal(StoredBrandFile.HASH, hash))).stream()
                .findFirst();
    }

    /** Notes which files no brand has, and deletes those that none has had for an hour. */
    static void releaseFiles(Transaction tx, Instant now) {
        Set<String> used = new HashSet<>();
        tx.records(RecordTypes.BRANDS)
                .list(Query.all())
                .forEach(each -> each.content().forEach((key, value) -> {
                    if (key.startsWith(FILE)) {
                        used.add(value);
                    }
                }));
        Records<StoredBrandFile> files = tx.records(RecordTypes.BRAND_FILES);
        Filter<StoredBrandFile> isUsed = Filter.in(StoredBrandFile.HASH, used);
        files.deleteAll(Filter.and(
                Filter.not(isUsed),
                Filter.compare(StoredBrandFile.UNUSED_SINCE, Filter.Operator.LESS, now.minus(UNUSED))));
        files.list(Query.where(Filter.and(Filter.not(isUsed), Filter.equal(StoredBrandFile.UNUSED_SINCE, null))))
                .forEach(each -> files.update(each.with(each.published(), now)));
        files.list(Query.where(Filter.and(isUsed, Filter.notEqual(StoredBrandFile.UNUSED_SINCE, null))))
                .forEach(each -> files.update(each.with(each.published(), null)));
    }

    /** Returns a file that everyone may see. */
    static Optional<BrandFile> published(Transaction tx, String hash) {
        return row(tx, hash).filter(StoredBrandFile::published).map(BrandRows::file);
    }

    private static BrandFile file(StoredBrandFile row) {
        return BrandFile.of(Base64.getDecoder().decode(row.content()));
    }

    private static Map<String, String> content(Brand brand) {
        Map<String, String> content = new HashMap<>();
        content.put(NAME, brand.name());
        put(content, ACCENT, brand.accent());
        put(content, ACCENT_DARK, brand.accentDark());
        put(content, SUPPORT, brand.support());
        BrandFont font = brand.font();
        put(content, FONT, font == null ? null : font.name());
        brand.files().forEach((asset, file) -> content.put(FILE + asset.name(), file.hash()));
        brand.texts().forEach((place, text) -> content.put(TEXT + place.name(), text));
        int number = 0;
        for (BrandLink link : brand.links()) {
            String key = LINK + number++;
            content.put(key, link.kind().name());
            content.put(key + ".label", link.label());
            content.put(key + ".address", link.address());
        }
        return content;
    }

    private static void put(Map<String, String> content, String key, @Nullable Object value) {
        if (value != null) {
            content.put(key, value.toString());
        }
    }

    /** Reads a brand with its files. Leaves out what only a newer version knows. */
    static Brand brand(Transaction tx, StoredBrand row) {
        Map<String, String> content = row.content();
        Brand.Builder brand = Brand.builder()
                .name(content.getOrDefault(NAME, ""))
                .accent(colour(content, ACCENT))
                .accentDark(colour(content, ACCENT_DARK))
                .support(content.get(SUPPORT))
                .font(constant(BrandFont.values(), content.get(FONT)).orElse(null));
        for (BrandText place : BrandText.values()) {
            brand.text(place, content.getOrDefault(TEXT + place.name(), ""));
        }
        for (int i = 0; i < MAX_LINKS && content.containsKey(LINK + i); i++) {
            String key = LINK + i;
            constant(BrandLink.Kind.values(), content.get(key))
                    .ifPresent(kind -> brand.link(
                            kind,
                            content.getOrDefault(key + ".label", ""),
                            content.getOrDefault(key + ".address", "")));
        }
        Map<String, BrandFile> files = files(tx, content);
        for (BrandAsset asset : BrandAsset.values()) {
            brand.file(asset, files.get(content.getOrDefault(FILE + asset.name(), "")));
        }
        return brand.build();
    }

    private static Map<String, BrandFile> files(Transaction tx, Map<String, String> content) {
        List<String> hashes = content.entrySet().stream()
                .filter(each -> each.getKey().startsWith(FILE))
                .map(Map.Entry::getValue)
                .toList();
        Map<String, BrandFile> files = new HashMap<>();
        if (!hashes.isEmpty()) {
            tx.records(RecordTypes.BRAND_FILES)
                    .list(Query.where(Filter.in(StoredBrandFile.HASH, hashes)))
                    .forEach(each -> files.put(each.hash(), file(each)));
        }
        return files;
    }

    private static @Nullable Colour colour(Map<String, String> content, String key) {
        String hex = content.get(key);
        return hex == null ? null : Colour.of(hex);
    }

    private static <E extends Enum<E>> Optional<E> constant(E[] all, @Nullable String name) {
        return Arrays.stream(all).filter(each -> each.name().equals(name)).findFirst();
    }
}
