// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test.app;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

@Entity
public class Note {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    String text = "";

    public static Note of(String text) {
        Note note = new Note();
        note.text = text;
        return note;
    }
}
