//! Amounts and rates of data. The prefixes are powers of two, and a byte is 8 bits.

use super::table::units;

units! { INFORMATION:
    DataRate {
        BitPerSecond "bitPerSecond" "bps" = 1.0;
        KibibitPerSecond "kibibitPerSecond" "Kibps" = 1024.0;
        MebibitPerSecond "mebibitPerSecond" "Mibps" = 1_048_576.0;
        GibibitPerSecond "gibibitPerSecond" "Gibps" = 1_073_741_824.0;
        TebibitPerSecond "tebibitPerSecond" "Tibps" = 1_099_511_627_776.0;
        ExbibitPerSecond "exbibitPerSecond" "Eibps" = 1_152_921_504_606_846_976.0;
        ZebibitPerSecond "zebibitPerSecond" "Zibps" = 1_180_591_620_717_411_303_424.0;
        YobibitPerSecond "yobibitPerSecond" "Yibps" = 1_208_925_819_614_629_174_706_176.0;
        BytePerSecond "bytePerSecond" "Bps" = 8.0;
        KibibytePerSecond "kibibytePerSecond" "KiBps" = 8192.0;
        MebibytePerSecond "mebibytePerSecond" "MiBps" = 8_388_608.0;
        GibibytePerSecond "gibibytePerSecond" "GiBps" = 8_589_934_592.0;
        TebibytePerSecond "tebibytePerSecond" "TiBps" = 8_796_093_022_208.0;
        ExbibytePerSecond "exbibytePerSecond" "EiBps" = 9_223_372_036_854_775_808.0;
        ZebibytePerSecond "zebibytePerSecond" "ZiBps" = 9_444_732_965_739_290_427_392.0;
        YobibytePerSecond "yobibytePerSecond" "YiBps" = 9_671_406_556_917_033_397_649_408.0;
    }
    DataSize {
        Bit "bit" "bit" = 1.0;
        Kibibit "kibibit" "Kibit" = 1024.0;
        Mebibit "mebibit" "Mibit" = 1_048_576.0;
        Gibibit "gibibit" "Gibit" = 1_073_741_824.0;
        Tebibit "tebibit" "Tibit" = 1_099_511_627_776.0;
        Exbibit "exbibit" "Eibit" = 1_152_921_504_606_846_976.0;
        Zebibit "zebibit" "Zibit" = 1_180_591_620_717_411_303_424.0;
        Yobibit "yobibit" "Yibit" = 1_208_925_819_614_629_174_706_176.0;
        Byte "byte" "B" = 8.0;
        Kibibyte "kibibyte" "KiB" = 8192.0;
        Mebibyte "mebibyte" "MiB" = 8_388_608.0;
        Gibibyte "gibibyte" "GiB" = 8_589_934_592.0;
        Tebibyte "tebibyte" "TiB" = 8_796_093_022_208.0;
        Exbibyte "exbibyte" "EiB" = 9_223_372_036_854_775_808.0;
        Zebibyte "zebibyte" "ZiB" = 9_444_732_965_739_290_427_392.0;
        Yobibyte "yobibyte" "YiB" = 9_671_406_556_917_033_397_649_408.0;
    }
}
