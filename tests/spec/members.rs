//! Members of an ensemble are chosen by number, as control and as mean.

use std::path::Path;
use std::process::Command;
use tempfile::tempdir;

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 5).expect("a short section");
    [&length.to_be_bytes()[..], &[number], body].concat()
}

/// Temperature at 2 m, 6 h ahead: of a member (template 4.1), or derived of all (4.2).
fn message(template: u8, ensemble: &[u8]) -> Vec<u8> {
    let mut product = vec![0, 0, 0, template, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 6, 103, 0, 0, 0, 0, 2];
    product.extend([255; 6]);
    product.extend(ensemble);
    let body = [
        section(1, &[0, 7, 0, 0, 2, 0, 1, 0x07, 0xEA, 11, 21, 0, 0, 0, 0, 255]),
        section(3, &[0; 67]),
        section(4, &product),
        section(5, &[0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        section(6, &[255]),
        section(7, &[7; 12]),
    ]
    .concat();
    let total = u64::try_from(16 + body.len() + 4).expect("a short message");
    [b"GRIB\0\0\0\x02", &total.to_be_bytes()[..], &body, b"7777"].concat()
}

/// The control, three members, and the mean of all.
fn ensemble() -> Vec<Vec<u8>> {
    let members = [[1, 0, 4], [3, 1, 4], [3, 2, 4], [3, 3, 4]];
    let mut messages: Vec<Vec<u8>> = members.iter().map(|member| message(1, member)).collect();
    messages.push(message(2, &[0, 4]));
    messages
}

/// What `get` puts in place for a choice of members, and how it ends.
fn got(folder: &Path, members: &str) -> (Option<i32>, Vec<Vec<u8>>, String) {
    let file = folder.join("ens.grib2");
    std::fs::write(&file, ensemble().concat()).expect("room");
    let out = folder.join(format!("out-{}", members.replace([',', '.'], "_")));
    let output = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["get", file.to_str().expect("a name"), "--member", members, "--json", "--out"])
        .arg(&out)
        .env("HOME", folder)
        .output()
        .expect("the program runs");
    let listed =
        std::fs::read_dir(&out).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| vec![]);
    let files = listed.iter().map(std::fs::DirEntry::path).filter(|path| path.is_file());
    let files = files.map(|path| std::fs::read(path).expect("a file")).collect();
    (output.status.code(), files, String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn get_takes_members_by_number_and_by_role() {
    let (folder, all) = (tempdir().expect("a folder"), ensemble());
    for (members, wanted) in [
        ("control", vec![0]),
        ("0", vec![0]),
        ("1..2", vec![1, 2]),
        ("3,mean", vec![3, 4]),
        ("mean", vec![4]),
    ] {
        let (code, files, told) = got(folder.path(), members);
        let octets: Vec<u8> = wanted.iter().flat_map(|&at: &usize| all[at].clone()).collect();
        assert_eq!((code, files), (Some(0), vec![octets]), "{members}: {told}");
    }
}

#[test]
fn a_member_that_is_not_there_is_named_and_the_wish_is_not_met() {
    let folder = tempdir().expect("a folder");
    let (code, _, told) = got(folder.path(), "3..4");
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("member4"), "{told}");
    assert_eq!(got(folder.path(), "three").0, Some(2), "no member is called so");
}
