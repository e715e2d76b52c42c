UPDATE public.notes SET note = note || '.';
INSERT INTO public.notes (id, note) VALUES (8, 'from a migration');
