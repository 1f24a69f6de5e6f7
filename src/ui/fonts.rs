//! The faces: B612 for text, its bold and its monospace cut, and an icon face.
//!
//! In: nothing. Out: [`install`] gives them to egui. B612 was drawn for cockpits: digits of equal width, letters that
//! are not taken for one another. Greek, Cyrillic and the like fall back to the faces that egui brings.

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId};
use std::sync::Arc;

/// The family of the bold cut.
const BOLD: &str = "B612 Bold";

/// The family of the icons.
const ICONS: &str = "Material Symbols";

/// The bold face in that size.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// The face with digits and letters of equal width, for hashes, in that size.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// The icon face in that size.
pub fn icons(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

/// Gives the faces to `ctx`; to be called before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let mut faces = FontDefinitions::default();
    let data: [(&str, &'static [u8]); 3] = [
        ("B612", include_bytes!("../../assets/fonts/B612-Regular.otf")),
        (BOLD, include_bytes!("../../assets/fonts/B612-Bold.otf")),
        ("B612 Mono", include_bytes!("../../assets/fonts/B612Mono-Regular.otf")),
    ];
    for (name, octets) in data {
        faces.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(octets)));
    }
    let usual = faces.families.entry(FontFamily::Proportional).or_default();
    let others = usual.clone();
    usual.insert(0, "B612".to_owned());
    faces.families.entry(FontFamily::Monospace).or_default().insert(0, "B612 Mono".to_owned());
    let bold = std::iter::once(BOLD.to_owned()).chain(others).collect();
    faces.families.insert(FontFamily::Name(BOLD.into()), bold);
    let mut icons = FontData::from_static(include_bytes!("../../assets/fonts/MaterialSymbols-subset.ttf"));
    // They stand a little high beside text otherwise.
    icons.tweak.y_offset_factor = 0.05;
    faces.font_data.insert(ICONS.to_owned(), Arc::new(icons));
    faces.families.insert(FontFamily::Name(ICONS.into()), vec![ICONS.to_owned()]);
    faces.families.entry(FontFamily::Proportional).or_default().push(ICONS.to_owned());
    faces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::icon_names;

    #[test]
    fn the_icon_face_has_every_icon_that_is_named() {
        let ctx = Context::default();
        install(&ctx);
        ctx.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
        for icon in icon_names::ALL {
            let has = ctx.fonts_mut(|faces| faces.has_glyphs(&icons(16.0), icon));
            assert!(has, "{icon:?}");
        }
    }
}
