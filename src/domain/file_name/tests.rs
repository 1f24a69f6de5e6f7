//! Names as they are published, and names that only look like it.

use super::*;
use crate::domain::tests::mutate;

/// Run, first and last lead time in minutes; `-` for what the name does not tell.
fn read(path: &str) -> String {
    let times = NamedTimes::of_path(path);
    let run = times.run.map_or("-".to_owned(), |run| run.to_string());
    let leads = times.leads.map_or("-".to_owned(), |leads| match leads.is_single() {
        true => leads.first.minutes().to_string(),
        false => format!("{}..{}", leads.first.minutes(), leads.last.minutes()),
    });
    format!("{run} {leads}")
}

#[test]
fn names_as_they_are_published_are_read() {
    for (path, expected) in [
        ("arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2", "2026-01-01T00:00:00Z 0..360"),
        ("arome__0025__SP1__49H51H__2026-01-01T00_00_00Z.grib2", "2026-01-01T00:00:00Z 2940..3060"),
        ("arome__001__HP1__07H__2026-08-09T15:00:00Z.grib2", "2026-08-09T15:00:00Z 420"),
        ("arpege__01__SP1__000H012H__2026-08-09T15:00:00Z.grib2", "2026-08-09T15:00:00Z 0..720"),
        ("pnt/2026-08-09T15:00:00Z/arome/001/HP1/07H.grib2", "2026-08-09T15:00:00Z 420"),
        ("W_fr-meteofrance,MODEL,AROME+001+HP1+00H_C_LFPW_201704290600--.grib2", "2017-04-29T06:00:00Z 0"),
        ("AROME_0.01_HP1_00H_201704290600.grib2", "2017-04-29T06:00:00Z 0"),
        ("NUEE-DEMO_FR_2026112006_012H.grib2", "2026-11-20T06:00:00Z 720"),
        ("NUEE-DEMO_FR_2026112006/NUEE-DEMO_FR_2026112006_013H024H.grib2", "2026-11-20T06:00:00Z 780..1440"),
        ("gfs.t00z.pgrb2.0p25.f007", "- 420"),
        ("gfs.20250301/06/atmos/gfs.t06z.pgrb2.0p25.f120.idx", "2025-03-01T06:00:00Z 7200"),
        ("gfs.t12z.pgrbf120.2p5deg.grib2", "- 7200"),
        ("gep01.t00z.pgrb2s.0p25.f003", "- 180"),
        ("gfswave.t00z.global.0p16.f003.grib2", "- 180"),
        ("hrrr.t00z.wrfsfcf24.grib2", "- 1440"),
        ("20231104_hrrr.t01z.wrfsfcf00.grib2", "2023-11-04T01:00:00Z 0"),
        ("20231104_hrrr.t01z.wrfsubhf09.grib2", "2023-11-04T01:00:00Z 495..540"),
        ("hrrr.t01z.wrfsubhf00.grib2", "- 0"),
        ("nam.t00z.awp21100.tm00.grib2", "- 0"),
        ("nam.t00z.conusnest.hiresf36.tm00.grib2", "- 2160"),
        ("multi_1.at_10m.t12z.f147.grib2", "- 8820"),
        ("20250301000000-6h-oper-fc.grib2", "2025-03-01T00:00:00Z 360"),
        ("20250301/12z/ifs/0p25/enfo/20250301120000-240h-enfo-ef.index", "2025-03-01T12:00:00Z 14400"),
        ("20250301000000-240h-oper-tf.bufr", "2025-03-01T00:00:00Z -"),
        ("icon_global_icosahedral_single-level_2021112018_000_TOT_PREC.grib2.bz2", "2021-11-20T18:00:00Z 0"),
        ("icon_global_icosahedral_model-level_2026020200_012_5_U.grib2", "2026-02-02T00:00:00Z 720"),
        ("icon_global_icosahedral_time-invariant_2026020200_5_HHL.grib2", "2026-02-02T00:00:00Z -"),
        (
            "icon-d2_germany_regular-lat-lon_time-invariant_2024010100_000_0_hsurf.grib2",
            "2024-01-01T00:00:00Z -",
        ),
        ("r/2026-09-25T00:00Z/s/PT012H15M.grib2", "2026-09-25T00:00:00Z 735"),
        ("20260219T00Z_MSC_HRDPS_CAPE_Sfc_RLatLon0.0225_PT000H.grib2", "2026-02-19T00:00:00Z 0"),
        ("20260811T06Z_MSC_REPS_LHTFL_SFC_RLatLon0.09x0.09_PT060H.grib2", "2026-08-11T06:00:00Z 3600"),
        ("CMC_glb_TMP_ISBL_1015_ps30km_2021051800_P006.grib2", "2021-05-18T00:00:00Z 360"),
        ("CMC_hrdps_north_HGT_ISBL_1000_ps2.5km_2021051800_P006-00.grib2", "2021-05-18T00:00:00Z 360"),
        ("CMC_RDPA_APCP-024-0100cutoff_SFC_0_ps10km_2023121806_000.grib2", "2023-12-18T06:00:00Z 0"),
        ("Z_NAFP_C_BABJ_20260810000000_P_CMA-GEPS-GLB-024.grib2", "2026-08-10T00:00:00Z 1440"),
        ("Z_NAFP_C_BABJ_20230114000000_P_NWPC-GRAPES-3KM-ORIG-00600.grb2", "2023-01-14T00:00:00Z 360"),
        ("Z__C_RJTD_20171205000000_MEPS_GPV_Rjp_L-pall_FH00-15_grib2.bin", "2017-12-05T00:00:00Z 0..900"),
        (
            "Z__C_RJTD_20171205000000_MSM_GUID_Rjp_P-all_FH03-39_Toorg_grib2.bin",
            "2017-12-05T00:00:00Z 180..2340",
        ),
        (
            "Z__C_RJTD_20171205000000_NOWC_GPV_Ggis10km_Pphw10_FH0000-0100_grib2.bin",
            "2017-12-05T00:00:00Z 0..60",
        ),
        ("Z__C_RJTD_20171205000000_GSM_GPV_Rgl_FD0512_grib2.bin", "2017-12-05T00:00:00Z 7920"),
        ("wind_solar_ind_0.125_20240521_12Z.grib2", "2024-05-21T12:00:00Z -"),
        ("s2s_control_2026-08-10T00Z.grib2", "2026-08-10T00:00:00Z -"),
    ] {
        assert_eq!(read(path), expected, "{path}");
    }
}

#[test]
fn what_is_not_certain_is_not_told() {
    for path in [
        "",
        "/",
        "run.grib2",
        "temperature_2m.grib2",
        "rain_24H.grib2",
        "gfs.f007",
        "gfs.t00z.pgrb2.0p25.anl",
        "gfs.t00z.pgrb2.0p25.f006.f012.grib2",
        "nam.t00z.awphys06.tm03.grib2",
        "x.t00z.elf12.grib2",
        "1234567890_006.grib2",
        "2026130100.grib2",
        "2026-02-30T00:00:00Z.grib2",
        "2026-02-03T25:00:00Z.grib2",
        "2025030100_2025030106.grib2",
        "PT12H75M.grib2",
        "PT99999H.grib2",
        "06H00H.grib2",
        "CLDAS-02400.grib2",
        "éèàT.grib2",
        "2026-02-03T0é_00Z.grib2",
        "2026-02-03T00:00:00:00Z.grib2",
    ] {
        assert_eq!(read(path), "- -", "{path}");
    }
    // The Met Office writes the time for which a field is valid.
    assert_eq!(read("20230101T0600Z-PT0006H00M-screen_temperature.nc"), "- 360");
    assert_eq!(read("Z_NAFP_C_BABJ_20210706210600_P_HRCLDAS_HOR-TAIR-2021070621.GRB2"), "- -");
    assert_eq!(read(&"2025030100/".repeat(1_000)), "- -");
}

#[test]
fn the_name_counts_before_its_folders_and_the_nearest_folder_before_the_others() {
    assert_eq!(read("2020010100/2021010100_006.grib2"), "2021-01-01T00:00:00Z 360");
    assert_eq!(read("2020010100/2021010100/06H.grib2"), "2021-01-01T00:00:00Z 360");
    assert_eq!(read("2020010100/x_2021010100_2022010100/06H.grib2"), "- 360", "two runs are none");
}

#[test]
fn a_filter_takes_files_that_may_hold_a_chosen_lead_time() {
    let filter = LeadFilter::new(&LeadSelection::parse("6,12..24/3").expect("a choice"));
    let may_hold = |name: &str| {
        let leads = NamedTimes::of_path(&format!("2026112006/{name}.grib2")).leads;
        filter.may_hold(leads.expect("lead times"))
    };
    for (name, expected) in [
        ("005H", false),
        ("006H", true),
        ("013H", false),
        ("015H", true),
        ("000H005H", false),
        ("000H006H", true),
        ("007H011H", false),
        ("013H014H", false),
        ("025H999H", false),
    ] {
        assert_eq!(may_hold(name), expected, "{name}");
    }
}

#[test]
fn damaged_names_never_panic() {
    let seeds = [
        "pnt/2026-08-09T15:00:00Z/arome__0025__SP1__00H06H__2026-01-01T00_00_00Z.grib2",
        "gfs.20250301/hrrr.t00z.wrfsubhf02.tm00_PT012H15M_FH0000-0100_é.grib2",
        "Z_NAFP_C_BABJ_20250112000000_P-6h-2021051800_P006-00_02400.grib2",
    ];
    mutate(&seeds.map(|seed| seed.as_bytes().to_vec()), |octets| {
        let times = NamedTimes::of_path(&String::from_utf8_lossy(octets));
        assert!(times.leads.is_none_or(|leads| leads.first <= leads.last));
    });
}
