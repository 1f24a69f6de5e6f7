//! The pictures in `assets/icons` are what the numbers of the sign give.
//!
//! `NUEE_WRITE_ICONS=1 cargo test --test spec icons` writes them anew.

use image::{ExtendedColorType, ImageFormat};
use nuee::ui::icon;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/icons")
}

fn is_to_write() -> bool {
    std::env::var_os("NUEE_WRITE_ICONS").is_some()
}

#[test]
fn the_drawing_agrees_with_the_numbers() {
    let path = folder().join("nuee.svg");
    if is_to_write() {
        fs::write(&path, icon::svg()).expect("the drawing is written");
    }
    assert_eq!(fs::read_to_string(&path).expect("the drawing is there").replace("\r\n", "\n"), icon::svg());
}

#[test]
fn the_pictures_agree_with_the_numbers() {
    for size in icon::SIZES {
        let path = folder().join(format!("nuee-{size}.png"));
        let pixels = icon::pixels(size);
        if is_to_write() {
            image::save_buffer_with_format(
                &path,
                &pixels,
                size,
                size,
                ExtendedColorType::Rgba8,
                ImageFormat::Png,
            )
            .expect("the picture is written");
        }
        let read = image::open(&path).expect("the picture is there").into_rgba8();
        assert_eq!(read.dimensions(), (size, size));
        // Powers and roots may round otherwise on another machine.
        let is_near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 1;
        assert!(read.as_raw().iter().zip(&pixels).all(is_near), "{}", path.display());
    }
}
