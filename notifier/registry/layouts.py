"""The kinds of file and how people spell their columns. A spelling counts without case, spaces and signs."""

from notifier.registry.tables import Layout

PEOPLE = Layout(
    "people",
    {
        "NIK": ("no nik", "nomor nik", "nik penerima", "no ktp", "nomor ktp", "nomor induk kependudukan"),
        "NO_KK": ("kk", "nomor kk", "no kartu keluarga", "nomor kartu keluarga"),
        "NAMA": ("nama lengkap", "nama penerima", "nama penerima manfaat", "name"),
        "JENIS_KELAMIN": ("jk", "kelamin", "l/p", "gender", "sex"),
        "TANGGAL_LAHIR": ("tgl lahir", "tgl. lahir", "tanggal kelahiran", "birth date", "date of birth"),
        "ALAMAT": ("alamat lengkap", "alamat rumah", "jalan", "address"),
        "RT": ("no rt",),
        "RW": ("no rw",),
        "KODE_WILAYAH": (
            "kode wil",
            "kode desa",
            "kode kelurahan",
            "kode desa/kelurahan",
            "kode kemendagri",
            "kode wilayah desa",
            "region",
            "region code",
        ),
        "NO_HP": ("hp", "nomor hp", "no telp", "no. telepon", "telepon", "nomor telepon", "no ponsel", "phone"),
        "TELEGRAM_CHAT_ID": ("telegram", "telegram id", "chat id", "id telegram"),
        "EMAIL": ("e-mail", "surel", "alamat email", "alamat surel"),
        "BAHASA": ("language", "kode bahasa"),
        "SALURAN": ("kanal", "kanal pilihan", "saluran pilihan", "channel", "preferred channel"),
        "PROGRAM": ("program bansos", "jenis bansos", "jenis bantuan", "programme", "bansos"),
        "STATUS": ("status kepesertaan", "status penerima", "status program"),
    },
    ("NIK", "NAMA", "KODE_WILAYAH"),
)
ROUNDS = Layout(
    "rounds",
    {
        "KODE": ("kode penyaluran", "code"),
        "PROGRAM": ("programme", "jenis bantuan"),
        "PERIODE": ("period", "masa", "tahap"),
        "KODE_WILAYAH": ("kode wil", "wilayah", "region", "region code"),
        "TEMPAT": ("lokasi", "tempat penyaluran", "titik salur", "venue"),
        "ALAMAT": ("alamat tempat", "address"),
        "MULAI": ("buka", "waktu mulai", "tanggal mulai", "opens", "opens at"),
        "SELESAI": ("tutup", "waktu selesai", "tanggal selesai", "closes", "closes at"),
        "NOMINAL": ("jumlah", "nilai", "amount", "besaran"),
        "METODE": ("cara", "cara penyaluran", "method"),
        "CATATAN": ("keterangan", "note"),
        "STATUS": ("state",),
        "TITIK": ("kode titik", "point"),
    },
    ("KODE", "PROGRAM", "PERIODE", "KODE_WILAYAH", "TEMPAT", "MULAI", "SELESAI", "METODE"),
)
POINTS = Layout(
    "points",
    {
        "KODE": ("kode titik", "code"),
        "NAMA": ("nama titik", "tempat", "name"),
        "KODE_WILAYAH": ("kode wil", "wilayah", "region", "region code"),
        "ALAMAT": ("address",),
        "LINTANG": ("latitude", "lat"),
        "BUJUR": ("longitude", "long", "lon", "lng"),
        "KAPASITAS_JAM": ("per jam", "kapasitas per jam", "per hour"),
        "KAPASITAS_HARI": ("per hari", "kapasitas per hari", "per day"),
        "JAM_BUKA": ("jam", "jam layanan", "hours", "opening hours"),
        "STATUS": ("state",),
    },
    ("KODE", "NAMA", "KODE_WILAYAH"),
)
STATUSES = Layout(
    "statuses",
    {
        "NIK": PEOPLE.columns["NIK"],
        "KODE_PENYALURAN": ("kode", "penyaluran", "round", "round code"),
        "STATUS": ("status penyaluran", "status salur"),
        "TANGGAL": ("tgl", "tanggal salur", "tanggal penyaluran", "date"),
        "KETERANGAN": ("alasan", "catatan", "reason", "note"),
    },
    ("NIK", "KODE_PENYALURAN", "STATUS"),
)
VISITS = Layout(
    "visits",
    {
        "KODE": ("code", "kode kunjungan", "kode orang"),
        "HASIL": ("hasil kunjungan", "result"),
        "TANGGAL": ("tgl", "tanggal kunjungan", "date"),
        "CATATAN": ("keterangan", "note"),
    },
    ("KODE", "HASIL"),
)
LISTS = Layout(
    "lists",
    {
        "NIK": PEOPLE.columns["NIK"],
        "KODE": ("code", "kode kunjungan", "kode orang", "referensi", "reference", "ref"),
    },
    (),
)
