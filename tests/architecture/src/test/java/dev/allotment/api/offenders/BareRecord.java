// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api.offenders;

import dev.allotment.RecordField;

/** Breaks the rules: many components and no builder; a missing constant, one of another type, and a wrong name. */
public record BareRecord(long id, String name, int size, boolean active, String lang, String tz) {
    public static final RecordField<BareRecord, Long> ID = RecordField.of("id");
    public static final RecordField<BareRecord, String> NAME = RecordField.of("size");
    public static final RecordField<BareRecord, String> SIZE = RecordField.of("size");
    public static final RecordField<ForgetfulRecord, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<BareRecord, String> LANG = RecordField.of("lang");
}
